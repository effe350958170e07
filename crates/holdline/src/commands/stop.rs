//! Stopping in order: by a signal, or when the time is up. A script that never lets go is cut off.

use crate::words::Lang;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{self, Write};
use std::process;
use std::thread;
use std::time::Duration;

/// How long the loop has to end in order.
const GRACE: Duration = Duration::from_millis(800);

/// Starts the threads that stop the loop: one for signals, and one for the time if it is limited.
pub(crate) fn watch(
    stop: impl Fn() + Send + 'static,
    run_for: Option<Duration>,
    lang: Lang,
) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let on_signal = move || {
        let mut signals = signals.forever();
        if signals.next().is_some() {
            stop();
            cut_off(lang);
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(on_signal)?;
    if let Some(run_for) = run_for {
        let on_time = move || {
            thread::sleep(run_for);
            cut_off(lang);
        };
        thread::Builder::new().name("time".to_owned()).spawn(on_time)?;
    }
    Ok(())
}

/// Ends the process, unless the loop does so first.
fn cut_off(lang: Lang) {
    thread::sleep(GRACE);
    let text = format!("holdline: {}\n", lang.script_never_waits(GRACE));
    // With stderr closed there is nobody to tell.
    let _ = io::stderr().write_all(text.as_bytes());
    process::exit(0);
}
