//! The end of a run: a restart, and the supply that fails.

use super::{Modem, RESEND_FOR};
use crate::{Confirm, Drive, Output};

impl Modem {
    /// Restarts at once: every line is broken off, every timer forgotten, the boot begins anew.
    pub fn restart(&mut self) {
        self.forget_run();
        self.confirm = Confirm::Acknowledged;
        self.resend_for = RESEND_FOR;
        self.booted_at = self.now;
        self.network.restart(self.now);
        self.serve_network();
    }

    /// Stops where it is, until [`Self::restart`].
    pub(super) fn lose_power(&mut self) {
        self.forget_run();
        self.network.lose_power();
    }

    fn forget_run(&mut self) {
        self.let_go();
        self.timers.clear();
        self.soft_dog = None;
        self.messages.clear();
    }

    /// Breaks every line off, closes every serial port and drives no pin any more, as when the
    /// power goes.
    pub fn let_go(&mut self) {
        for line in self.sockets.clear() {
            self.outputs.push_back(Output::Abort { line });
        }
        let outputs = &mut self.outputs;
        self.pins.let_go(|pin| outputs.push_back(Output::Pin { pin, drive: Drive::Nothing }));
        for port in self.uarts.iter_mut().flat_map(|uarts| uarts.clear()) {
            outputs.push_back(Output::UartClose { port });
        }
    }
}
