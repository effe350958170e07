//! A lab, from its start to its end.

use crate::beside::Beside;
use crate::config::Config;
use crate::files;
use crate::follow::Follow;
use crate::host::{Host, ListenError, Opened, Order, Orders};
use crate::inbox::Inbox;
use crate::store::{News, OpenError, Reader, Store};
use crate::tls::{Authority, AuthorityError};
use crate::web::{self, Web, WebError};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::sync::watch;

/// A lab that runs. Dropping it stops it as well, and says nothing of what went wrong.
pub struct Lab {
    ports: Vec<SocketAddr>,
    http: SocketAddr,
    news: watch::Receiver<News>,
    file: PathBuf,
    orders: Orders,
    host: Option<JoinHandle<io::Result<()>>>,
    store: Option<JoinHandle<usize>>,
    web: Option<Web>,
    answering: Vec<JoinHandle<()>>,
}

/// Why a lab does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// Nobody can sign what ports of TLS show.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// A port cannot be opened.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The page cannot be served.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The system gives no thread.
    #[error("no thread can be started: {0}")]
    Thread(io::Error),
}

/// What went wrong in a lab that has stopped.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// The ports could not be served any more.
    #[error("sockets cannot be waited for: {0}")]
    Host(io::Error),
    /// What came last could not be written.
    #[error("{0} rows could not be written into the store")]
    Lost(usize),
    /// A part of the lab panicked, which is a fault of Holdline's own.
    #[error("a part of the lab ended in a way that it never should")]
    Panicked,
}

impl Lab {
    /// Opens the store, the ports and the page.
    pub fn start(config: Config) -> Result<Self, StartError> {
        Self::open(config, None)
    }

    /// The same, with a device on the page.
    pub fn start_beside(config: Config, beside: Beside) -> Result<Self, StartError> {
        Self::open(config, Some(beside))
    }

    fn open(config: Config, beside: Option<Beside>) -> Result<Self, StartError> {
        Web::check(config.http, config.lock.as_ref())?;
        let mut config = config;
        let limits = &mut config.limits;
        limits.connections_max = files::connections_max(limits.connections_max);
        let store = Store::open(&config.store, &config.ports, config.limits.keep)?;
        let reader = Reader::new(&config.store);
        for port in &mut config.ports {
            let changed = reader.manner(&port.name).map_err(|error| OpenError::Unusable {
                path: config.store.clone(),
                error: error.to_string(),
            })?;
            changed.into_iter().for_each(|words| port.take_over(words));
        }
        let is_sealed = config.ports.iter().any(|port| port.kind.is_sealed());
        let is_signed = config.lock.as_ref().is_some_and(|lock| lock.files.is_none());
        let authority =
            (is_sealed || is_signed).then(|| Authority::open(&config.store).map(Arc::new));
        let authority = authority.transpose()?;
        let inbox = Arc::new(Inbox::new(config.limits.waiting_bytes_max));
        let opened = Host::open(
            &config.ports,
            config.limits,
            Arc::clone(&inbox),
            store.conns_made(),
            authority.as_ref(),
        )?;
        let Opened { host, orders, addresses, answering } = opened;
        let mut state = web::State::new(
            &config,
            &addresses,
            reader,
            store.news(),
            orders.clone(),
            authority,
            &answering,
        );
        state.beside = beside;
        let web = Web::start(config.http, config.lock, state)?;
        let (http, news) = (web.address(), store.news());
        let go_on = orders.clone();
        let for_store = Arc::clone(&inbox);
        // A host that is gone needs no telling.
        let store =
            spawn("lab-store", move || store.run(&for_store, || drop(go_on.give(Order::GoOn))))?;
        let host = spawn("lab-ports", move || {
            let done = host.run();
            inbox.close();
            done
        })?;
        let answering = answering.into_iter().flatten();
        let answering = answering.map(|answering| spawn("lab-answers", move || answering.run()));
        Ok(Self {
            answering: answering.collect::<Result<_, _>>()?,
            ports: addresses,
            http,
            news,
            file: config.store,
            orders,
            host: Some(host),
            store: Some(store),
            web: Some(web),
        })
    }

    /// Where the ports listen, in the order of the configuration.
    pub fn ports(&self) -> &[SocketAddr] {
        &self.ports
    }

    /// Where the page and the API are.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// What happens at the ports from here on, as it is kept.
    pub fn follow(&self) -> io::Result<Follow> {
        Follow::new(self.news.clone(), Some(&self.file))
    }

    /// From here on whether all is kept.
    pub fn troubles(&self) -> io::Result<Follow> {
        Follow::new(self.news.clone(), None)
    }

    /// Closes the ports, writes what came last, and closes the page.
    pub fn stop(mut self) -> Result<(), StopError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), StopError> {
        // A host that has ended by itself takes no orders.
        let _ = self.orders.give(Order::Stop);
        let host = self.host.take().map(JoinHandle::join);
        let store = self.store.take().map(JoinHandle::join);
        drop(self.web.take());
        let answering: Vec<_> = self.answering.drain(..).map(JoinHandle::join).collect();
        let is_well = answering.iter().all(Result::is_ok);
        match (host, store) {
            _ if !is_well => Err(StopError::Panicked),
            (Some(Err(_)), _) | (_, Some(Err(_))) => Err(StopError::Panicked),
            (_, Some(Ok(lost @ 1..))) => Err(StopError::Lost(lost)),
            (Some(Ok(Err(error))), _) => Err(StopError::Host(error)),
            (None | Some(Ok(Ok(()))), None | Some(Ok(0))) => Ok(()),
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

fn spawn<T: Send + 'static>(
    name: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, StartError> {
    thread::Builder::new().name(name.to_owned()).spawn(run).map_err(StartError::Thread)
}
