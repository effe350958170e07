//! The soft watchdog as the script and the driver reach it.

use super::Modem;
use crate::Instant;
use crate::soft_dog::SoftDog;
use alloc::boxed::Box;
use core::time::Duration;

impl Modem {
    /// Opens the soft watchdog, or gives it another period; [`Self::soft_dog_bites_at`] tells when
    /// the device is to be started anew.
    pub fn open_soft_dog(&mut self, period: Duration) {
        let fed_at = self.now;
        let dog = self.soft_dog.get_or_insert_with(|| Box::new(SoftDog::closed(fed_at)));
        (dog.period, dog.fed_at) = (Some(period), fed_at);
    }

    /// Feeds the soft watchdog, if there is one.
    pub fn eat_soft_dog(&mut self) {
        if let Some(dog) = &mut self.soft_dog {
            dog.fed_at = self.now;
        }
    }

    /// Closes the soft watchdog.
    pub fn close_soft_dog(&mut self) {
        if let Some(dog) = &mut self.soft_dog {
            dog.period = None;
        }
    }

    /// From now on the soft watchdog is fed by itself, each time that `every` has passed since boot.
    pub fn feed_soft_dog(&mut self, every: Duration) {
        if let Some(dog) = &mut self.soft_dog {
            dog.meals = Some((self.booted_at + every, every));
        }
    }

    /// When the soft watchdog starts the device anew, unless it is fed before.
    pub fn soft_dog_bites_at(&self) -> Option<Instant> {
        self.soft_dog.as_ref()?.bites_at()
    }

    /// How long the soft watchdog was not fed, if that is too long.
    pub fn soft_dog_hunger(&self) -> Option<Duration> {
        self.soft_dog_bites_at().filter(|&at| at <= self.now)?;
        self.soft_dog.as_ref()?.period
    }
}
