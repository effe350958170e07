//! Who a device says it is: numbers that follow from its seed, with their check digits.
//!
//! Seeds that differ by less than 10^10 give different numbers, so the devices of a fleet, whose
//! seeds count up, never share one.

/// The country and network of the SIM, and of the cell that serves it.
pub(crate) const MCC: &str = "460";
/// See [`MCC`].
pub(crate) const MNC: &str = "04";

/// The numbers of a module and its SIM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    seed: u64,
    written_imei: Option<Box<str>>,
    written_sn: Option<Box<str>>,
}

impl Identity {
    /// The identity of the device with this seed.
    pub const fn of(seed: u64) -> Self {
        Self { seed, written_imei: None, written_sn: None }
    }

    /// The module's own number: 15 digits, the last a Luhn digit.
    pub fn imei(&self) -> String {
        match &self.written_imei {
            Some(imei) => imei.to_string(),
            None => with_luhn_digit(format!("86{}", self.digits::<12>())),
        }
    }

    /// The serial number from the factory.
    pub fn sn(&self) -> String {
        match &self.written_sn {
            Some(sn) => sn.to_string(),
            None => format!("HL{}", self.digits::<14>()),
        }
    }

    /// The SIM card's number: 20 digits, the last a Luhn digit.
    pub fn iccid(&self) -> String {
        with_luhn_digit(format!("898604{}", self.digits::<13>()))
    }

    /// The subscriber's number: country, network, 10 digits.
    pub fn imsi(&self) -> String {
        format!("{MCC}{MNC}{}", self.digits::<10>())
    }

    /// The number of the module's chip.
    pub fn muid(&self) -> String {
        format!("20{}", self.digits::<18>())
    }

    /// Writes another IMEI, as the factory does; whether it is one.
    pub fn set_imei(&mut self, imei: &str) -> bool {
        let valid = imei.len() == 15 && imei.bytes().all(|byte| byte.is_ascii_digit());
        if valid {
            self.written_imei = Some(imei.into());
        }
        valid
    }

    /// Writes another serial number; whether it is one.
    pub fn set_sn(&mut self, sn: &str) -> bool {
        let valid = (1..=64).contains(&sn.len()) && sn.bytes().all(|byte| byte.is_ascii_graphic());
        if valid {
            self.written_sn = Some(sn.into());
        }
        valid
    }

    /// `N` digits that no other seed in a range of 10^N has.
    fn digits<const N: usize>(&self) -> String {
        /// Shares no factor with a power of ten, so that multiplying by it only permutes.
        const SCATTER: u128 = 7_640_891_576_956_012_809;
        let range = 10_u128.pow(N as u32);
        let number = (u128::from(self.seed) * SCATTER + 123_456_789_012) % range;
        format!("{number:0N$}")
    }
}

/// Appends the digit that makes the Luhn sum a multiple of ten.
fn with_luhn_digit(mut digits: String) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            let weighted = if at % 2 == 0 { digit * 2 } else { digit };
            weighted / 10 + weighted % 10
        })
        .sum();
    digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_check_digit_is_the_one_of_the_standard() {
        assert_eq!(with_luhn_digit("49015420323751".to_owned()), "490154203237518");
        assert_eq!(with_luhn_digit("7992739871".to_owned()), "79927398713");
    }

    #[test]
    fn numbers_have_their_lengths_for_every_seed() {
        for seed in [0, 1, 9_999_999_999, u64::MAX] {
            let identity = Identity::of(seed);
            assert_eq!(identity.imei().len(), 15);
            assert_eq!(identity.iccid().len(), 20);
            assert_eq!(identity.imsi().len(), 15);
            assert_eq!(identity.sn().len(), 16);
            assert_eq!(identity.muid().len(), 20);
        }
    }

    #[test]
    fn devices_of_a_fleet_share_no_number() {
        let all = |number: fn(&Identity) -> String| {
            (0..20_000).map(|seed| number(&Identity::of(seed))).collect::<BTreeSet<_>>().len()
        };
        let numbers = [Identity::imei, Identity::iccid, Identity::imsi, Identity::sn];
        assert_eq!(numbers.map(all), [20_000; 4]);
    }

    #[test]
    fn a_written_number_stays_and_a_bad_one_does_not() {
        let mut identity = Identity::of(1);
        assert!(identity.set_imei("490154203237518"));
        assert!(!identity.set_imei("49015420323751x"));
        assert!(identity.set_sn("SN-1") && !identity.set_sn("") && !identity.set_sn("a b"));
        assert_eq!((identity.imei(), identity.sn()), ("490154203237518".into(), "SN-1".into()));
    }
}
