//! The thread that serves the page and the API.

use super::lock::{Files, Lock};
use super::state::State;
use super::{api, guard, page};
use crate::tls;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// Threads that read the store, at most.
const READERS_MAX: usize = 4;

/// Connections at a time, and so requests; more wait.
const CONNECTIONS_MAX: usize = 1024;

/// How long a handshake, or the head of the next request, may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long nobody is welcomed for want of files.
const PAUSE: Duration = Duration::from_millis(100);

/// The page and the API, as long as it is not dropped.
pub(crate) struct Web {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why the page cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Its address cannot be had.
    #[error("the page cannot be at `{address}`: {error}")]
    NotThere {
        /// Where it should have been.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// Others than this machine could ask for it, and nothing keeps strangers out.
    #[error("the page at `{0}` has neither a password nor TLS")]
    Unlocked(SocketAddr),
    /// It has no certificate.
    #[error("the page has no certificate: {0}")]
    NoCertificate(String),
    /// The system gives no thread.
    #[error("the page cannot be served: {0}")]
    NoThread(io::Error),
}

impl Web {
    /// Whether the page may be there: at this machine alone, or behind a lock.
    pub(crate) fn check(address: SocketAddr, lock: Option<&Lock>) -> Result<(), WebError> {
        if lock.is_none() && !address.ip().is_loopback() {
            return Err(WebError::Unlocked(address));
        }
        Ok(())
    }

    /// Listens, and serves from a thread of its own.
    pub(crate) fn start(
        address: SocketAddr,
        lock: Option<Lock>,
        state: State,
    ) -> Result<Self, WebError> {
        Self::check(address, lock.as_ref())?;
        let tls = lock.as_ref().map(|lock| sealed(address, lock, &state)).transpose()?;
        let router = api::router(state.clone(), lock.is_some()).merge(page::router(state));
        let app = App { router: guard::guarded(router, lock), tls };
        let runtime =
            Builder::new_current_thread().enable_all().max_blocking_threads(READERS_MAX).build();
        let runtime = runtime.map_err(WebError::NoThread)?;
        let not_there = |error| WebError::NotThere { address, error };
        let listener = runtime.block_on(TcpListener::bind(address)).map_err(not_there)?;
        let address = listener.local_addr().map_err(not_there)?;
        let (stop, stopped) = oneshot::channel();
        let serve = move || serve(&runtime, &listener, &app, stopped);
        let thread = thread::Builder::new().name("lab-web".to_owned()).spawn(serve);
        let thread = thread.map_err(WebError::NoThread)?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        drop(self.stop.take());
        // A thread that panicked has said so itself.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Serves until `stopped`; whoever is being answered then is cut off.
fn serve(runtime: &Runtime, listener: &TcpListener, app: &App, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async move {
        tokio::select! {
            () = app.welcome(listener) => {}
            _ = stopped => {}
        }
    });
}

/// What everyone who connects talks to.
#[derive(Clone)]
struct App {
    router: Router,
    tls: Option<TlsAcceptor>,
}

impl App {
    async fn welcome(&self, listener: &TcpListener) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let place = Arc::clone(&places).acquire_owned().await;
            match listener.accept().await {
                Ok((stream, from)) => {
                    let app = self.clone();
                    tokio::spawn(async move {
                        app.talk(stream, from).await;
                        drop(place);
                    });
                }
                // There may be no files left; some are free when somebody goes.
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    async fn talk(self, stream: TcpStream, from: SocketAddr) {
        match &self.tls {
            None => self.answer(stream, from).await,
            Some(tls) => {
                if let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await {
                    self.answer(stream, from).await;
                }
            }
        }
    }

    async fn answer(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        from: SocketAddr,
    ) {
        let router = TowerToHyperService::new(self.router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(from));
            router.call(request)
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
        let talk = http.serve_connection(TokioIo::new(stream), service);
        // Whoever hangs up knows it.
        let _ = talk.with_upgrades().await;
    }
}

/// The TLS of a lab that has a lock.
fn sealed(address: SocketAddr, lock: &Lock, state: &State) -> Result<TlsAcceptor, WebError> {
    let config = match (&lock.files, &state.authority) {
        (Some(Files { certificate, key }), _) => tls::page::of_files(certificate, key),
        (None, Some(authority)) => tls::page::signed_by(authority, &names(address.ip())),
        (None, None) => Err("nobody is there to sign it".to_owned()),
    };
    Ok(Arc::new(config.map_err(WebError::NoCertificate)?).into())
}

/// What the page may be called: its address, or each of the machine's.
fn names(address: IpAddr) -> Vec<String> {
    let mut names = vec!["localhost".to_owned()];
    if address.is_unspecified() {
        let all = if_addrs::get_if_addrs().unwrap_or_default();
        names.extend(all.iter().map(|one| one.ip().to_string()));
    } else {
        names.push(address.to_string());
    }
    names
}
