//! The modem's serial ports: what scripts ask of them, and the facts about them.

use super::Modem;
use crate::{Output, UartId, UartSettings, UartTake, UartTells};
use alloc::vec::Vec;

impl Modem {
    /// Sets a serial port up, anew where it is: what was unread is gone.
    pub fn uart_setup(&mut self, port: UartId, settings: UartSettings, tells: UartTells) {
        self.uarts.get_or_insert_default().set_up(port, tells);
        self.outputs.push_back(Output::UartOpen { port, settings });
    }

    /// Writes `bytes`; false where the port is not set up, and they are gone.
    pub fn uart_write(&mut self, port: UartId, bytes: Vec<u8>) -> bool {
        let write = self.uarts.as_mut().and_then(|uarts| uarts.write(port, bytes.len()));
        let Some(write) = write else { return false };
        self.outputs.push_back(Output::UartWrite { port, write, bytes });
        true
    }

    /// Takes received bytes; none where the port is not set up.
    pub fn uart_read(&mut self, port: UartId, take: UartTake) -> Vec<u8> {
        let Self { uarts, outputs, .. } = self;
        uarts.as_mut().map_or_else(Vec::new, |uarts| uarts.read(port, take, outputs))
    }

    /// Closes a serial port, after what was written.
    pub fn uart_close(&mut self, port: UartId) {
        if self.uarts.as_mut().is_some_and(|uarts| uarts.close(port)) {
            self.outputs.push_back(Output::UartClose { port });
        }
    }

    /// Bytes that a port has lost because the script did not read, since it was set up.
    pub fn uart_overrun(&self, port: UartId) -> u64 {
        self.uarts.as_ref().map_or(0, |uarts| uarts.overrun(port))
    }

    /// Whether the script waits for a serial port to write what it was given.
    pub(super) fn is_held(&self) -> bool {
        self.uarts.as_ref().is_some_and(|uarts| uarts.hold_script())
    }

    pub(super) fn handle_uart_received(&mut self, port: UartId, bytes: &[u8]) {
        let Self { uarts, outputs, messages, .. } = self;
        let told = uarts.as_mut().and_then(|uarts| uarts.received(port, bytes, outputs));
        messages.extend(told);
    }

    pub(super) fn handle_uart_overran(&mut self, port: UartId, lost: usize) {
        if let Some(uarts) = &mut self.uarts {
            uarts.overran(port, lost, &mut self.outputs);
        }
    }

    pub(super) fn handle_uart_sent(&mut self, port: UartId, write: u32) {
        let told = self.uarts.as_mut().and_then(|uarts| uarts.sent(port, write));
        self.messages.extend(told);
    }
}
