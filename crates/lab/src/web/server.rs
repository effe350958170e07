//! The thread that serves the page and the API.

use super::state::State;
use super::{api, guard, page};
use std::io;
use std::net::SocketAddr;
use std::thread::{self, JoinHandle};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// Threads that read the store, at most.
const READERS_MAX: usize = 4;

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
    /// The system gives no thread.
    #[error("the page cannot be served: {0}")]
    NoThread(io::Error),
}

impl Web {
    /// Listens, and serves from a thread of its own.
    pub(crate) fn start(address: SocketAddr, state: State) -> Result<Self, WebError> {
        let runtime =
            Builder::new_current_thread().enable_all().max_blocking_threads(READERS_MAX).build();
        let runtime = runtime.map_err(WebError::NoThread)?;
        let not_there = |error| WebError::NotThere { address, error };
        let listener = runtime.block_on(TcpListener::bind(address)).map_err(not_there)?;
        let address = listener.local_addr().map_err(not_there)?;
        let (stop, stopped) = oneshot::channel();
        let serve = move || serve(&runtime, listener, state, stopped);
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
fn serve(runtime: &Runtime, listener: TcpListener, state: State, stopped: oneshot::Receiver<()>) {
    let app = guard::guarded(api::router(state.clone()).merge(page::router(state)));
    runtime.block_on(async move {
        tokio::select! {
            served = axum::serve(listener, app) => drop(served),
            _ = stopped => {}
        }
    });
}
