//! What each request can reach.

use crate::config::{Config, PortKind};
use crate::host::Orders;
use crate::row::PortId;
use crate::store::{News, Reader};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;

/// Cheap to copy.
#[derive(Clone)]
pub(crate) struct State {
    pub(super) ports: Arc<[Port]>,
    pub(super) reader: Arc<Reader>,
    pub(super) news: watch::Receiver<News>,
    pub(super) orders: Orders,
}

/// A port, as it is shown.
pub(super) struct Port {
    pub(super) id: PortId,
    pub(super) name: String,
    pub(super) kind: PortKind,
    pub(super) address: SocketAddr,
}

impl State {
    pub(crate) fn new(
        config: &Config,
        addresses: &[SocketAddr],
        reader: Reader,
        news: watch::Receiver<News>,
        orders: Orders,
    ) -> Self {
        let shown = config.ports.iter().zip(addresses).enumerate();
        let ports = shown.map(|(number, (port, &address))| Port {
            id: PortId(number),
            name: port.name.clone(),
            kind: port.kind,
            address,
        });
        Self { ports: ports.collect(), reader: Arc::new(reader), news, orders }
    }

    /// Reads the store beside the requests that are being answered.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        let reader = Arc::clone(&self.reader);
        let found = tokio::task::spawn_blocking(move || read(&reader)).await;
        found.map_err(|_| ReadError::Stopping)?.map_err(ReadError::Store)
    }
}

/// Why the store says nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("the store cannot be read: {0}")]
    Store(rusqlite::Error),
    #[error("the lab is stopping")]
    Stopping,
}
