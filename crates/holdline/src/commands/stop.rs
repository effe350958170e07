//! Stopping in order: by a signal, or when the time is up. A script that never lets go is cut off.

use crate::words::Lang;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{self, Write};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How long the loop has to end in order.
const GRACE: Duration = Duration::from_millis(800);

/// Says that the loop has ended, and that it is not to be cut off.
#[derive(Clone, Default)]
pub(crate) struct Ended(Arc<AtomicBool>);

impl Ended {
    /// From here on all takes the time that it takes: what is left is not a script's.
    pub(crate) fn say(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Starts the threads that stop the loop: one for signals, and one for the time if it is limited.
pub(crate) fn watch(
    stop: impl Fn() + Send + 'static,
    run_for: Option<Duration>,
    lang: Lang,
) -> io::Result<Ended> {
    let ended = Ended::default();
    let (by_signal, by_time) = (ended.clone(), ended.clone());
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let on_signal = move || {
        let mut signals = signals.forever();
        if signals.next().is_some() {
            stop();
            cut_off(&by_signal, lang);
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(on_signal)?;
    if let Some(run_for) = run_for {
        let on_time = move || {
            thread::sleep(run_for);
            cut_off(&by_time, lang);
        };
        thread::Builder::new().name("time".to_owned()).spawn(on_time)?;
    }
    Ok(ended)
}

/// Ends the process, unless the loop ends first.
fn cut_off(ended: &Ended, lang: Lang) {
    thread::sleep(GRACE);
    if ended.0.load(Ordering::Relaxed) {
        return;
    }
    let text = format!("holdline: {}\n", lang.script_never_waits(GRACE));
    // With stderr closed there is nobody to tell.
    let _ = io::stderr().write_all(text.as_bytes());
    process::exit(0);
}
