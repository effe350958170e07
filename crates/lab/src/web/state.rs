//! What each request can reach.

use super::api::Problem;
use super::repeats::Repeats;
use crate::answer::{Answering, Asked, Shown, Standing, standing};
use crate::beside::Beside;
use crate::config::{Config, PortConfig, PortKind};
use crate::host::{Orders, Refusal};
use crate::row::PortId;
use crate::store::{News, Reader};
use crate::tls::Authority;
use crate::words::MannerWords;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{Mutex, Semaphore, oneshot, watch};

/// Cheap to copy.
#[derive(Clone)]
pub(crate) struct State {
    pub(super) ports: Arc<[Port]>,
    pub(super) reader: Arc<Reader>,
    pub(super) news: watch::Receiver<News>,
    pub(super) orders: Orders,
    /// Held by whoever changes a port's manner.
    pub(super) changing: Arc<Mutex<()>>,
    /// Who signs what ports of TLS show; none without such ports.
    pub(super) authority: Option<Arc<Authority>>,
    /// Places for those who look at the stream.
    pub(super) live: Arc<Semaphore>,
    /// What is sent again and again.
    pub(super) repeats: Repeats,
    /// When the lab was started, in microseconds since 1970: tells one from the next.
    pub(super) started: u64,
    /// The device beside the lab, where there is one.
    pub(crate) beside: Option<Beside>,
}

/// Those who look at the stream at once, at most.
const LIVE_MAX: usize = 64;

/// A port, as it is shown.
pub(super) struct Port {
    pub(super) id: PortId,
    pub(super) name: String,
    pub(super) kind: PortKind,
    pub(super) address: SocketAddr,
    /// The server that devices are passed on to.
    pub(super) relay: Option<SocketAddr>,
    /// What it did when the lab was started.
    pub(super) words: MannerWords,
    /// Who answers where no rule does.
    pub(super) script: Option<Script>,
}

/// Who answers for a port, as it is shown.
pub(super) struct Script {
    /// What people call it.
    pub(super) name: String,
    shown: Shown,
    asks: Sender<Asked>,
}

impl Script {
    /// How it is with it.
    pub(super) fn standing(&self) -> Standing {
        standing(&self.shown)
    }

    /// Has it begin anew; how that went.
    pub(super) async fn reload(&self) -> Result<Standing, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.asks.send(Asked::Reload(answer)).map_err(|_| Refusal)?;
        answered.await.map_err(|_| Refusal)
    }
}

impl State {
    pub(crate) fn new(
        config: &Config,
        addresses: &[SocketAddr],
        reader: Reader,
        news: watch::Receiver<News>,
        orders: Orders,
        authority: Option<Arc<Authority>>,
        answering: &[Option<Answering>],
    ) -> Self {
        let script = |port: &PortConfig, answering: &Answering| Script {
            name: port.answers.as_ref().map(|answers| answers.name()).unwrap_or_default(),
            shown: answering.shown(),
            asks: answering.asks(),
        };
        let shown = config.ports.iter().zip(addresses).zip(answering).enumerate();
        let ports = shown.map(|(number, ((port, &address), answering))| Port {
            script: answering.as_ref().map(|answering| script(port, answering)),
            id: PortId(number),
            name: port.name.clone(),
            kind: port.kind,
            address,
            relay: port.relay,
            words: port.words.clone(),
        });
        let (ports, reader) = (ports.collect(), Arc::new(reader));
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            ports,
            reader,
            news,
            orders,
            changing: Arc::default(),
            authority,
            live: Arc::new(Semaphore::new(LIVE_MAX)),
            repeats: Repeats::default(),
            started: u64::try_from(started.as_micros()).unwrap_or(u64::MAX),
            beside: None,
        }
    }

    /// A port, by its name.
    pub(super) fn port(&self, name: &str) -> Result<&Port, Problem> {
        self.ports.iter().find(|port| port.name == name).ok_or_else(|| Problem::no_port(name))
    }

    /// The device beside the lab.
    pub(super) fn beside(&self) -> Result<&Beside, Problem> {
        self.beside.as_ref().ok_or_else(Problem::no_device_beside)
    }

    /// The open connections of a device that was seen.
    pub(super) async fn conns_of(&self, key: &str) -> Result<Vec<u64>, Problem> {
        self.conns_of_many(vec![key.to_owned()]).await
    }

    /// The open connections of devices, each of which was seen; of all, if none are named.
    pub(super) async fn conns_of_those(
        &self,
        keys: Option<Vec<String>>,
    ) -> Result<Vec<u64>, Problem> {
        match keys {
            None => Ok(self.read(|reader| reader.open_conns(None)).await?),
            Some(keys) => self.conns_of_many(keys).await,
        }
    }

    /// The open connections of devices, each of which was seen.
    pub(super) async fn conns_of_many(&self, keys: Vec<String>) -> Result<Vec<u64>, Problem> {
        let conns = self.read(move |reader| {
            let mut conns = Vec::new();
            for key in keys {
                if reader.device(&key)?.is_none() {
                    return Ok(Err(key));
                }
                conns.extend(reader.open_conns(Some(&key))?);
            }
            conns.sort_unstable();
            conns.dedup();
            Ok(Ok(conns))
        });
        conns.await?.map_err(|key| Problem::no_device(&key))
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
