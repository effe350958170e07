//! Who a device says it is: numbers that follow from its seed, with their check digits.
//!
//! Seeds that differ by less than 10^10 give different numbers, so the devices of a fleet, whose
//! seeds count up, never share one.

use std::collections::BTreeMap;

/// The country and network of a card whose number is not given.
const MCC: &str = "460";
/// See [`MCC`].
const MNC: &str = "04";

/// A number of a module or its card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// The module's own: 15 digits, the last a Luhn digit.
    Imei,
    /// The card's: 19 or 20 digits that begin with 89, the last a Luhn digit.
    Iccid,
    /// The subscriber's: 15 digits, which begin with country and network.
    Imsi,
    /// The serial number from the factory.
    Sn,
    /// The chip's.
    Muid,
    /// The module type.
    Model,
    /// The telephone number on the card: up to 15 digits, perhaps behind a `+`.
    Phone,
}

impl Number {
    /// All of them with the names that people write.
    pub const ALL: [(&'static str, Self); 7] = [
        ("imei", Self::Imei),
        ("iccid", Self::Iccid),
        ("imsi", Self::Imsi),
        ("sn", Self::Sn),
        ("muid", Self::Muid),
        ("model", Self::Model),
        ("number", Self::Phone),
    ];

    /// What is wrong with `value`, if anything.
    fn check(self, value: &str) -> Result<(), BadNumber> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = match self {
            Self::Imei | Self::Imsi => value.len() == 15 && digits(value),
            Self::Iccid => {
                matches!(value.len(), 19 | 20) && digits(value) && value.starts_with("89")
            }
            Self::Phone => {
                let bare = value.strip_prefix('+').unwrap_or(value);
                (1..=15).contains(&bare.len()) && digits(bare)
            }
            Self::Sn | Self::Muid | Self::Model => {
                (1..=64).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic())
            }
        };
        if !fits {
            return Err(BadNumber::Form(self));
        }
        match self {
            Self::Imei | Self::Iccid => {
                let right = with_luhn_digit(value[..value.len() - 1].to_owned());
                if right == value { Ok(()) } else { Err(BadNumber::CheckDigit { right }) }
            }
            Self::Imsi | Self::Sn | Self::Muid | Self::Model | Self::Phone => Ok(()),
        }
    }
}

/// Why a value cannot be a device's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadNumber {
    /// It has not the form that [`Number`] tells.
    Form(Number),
    /// Its last digit is not the Luhn digit of the others.
    CheckDigit {
        /// The value with the digit that would be right.
        right: String,
    },
}

/// The numbers of a module and its SIM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    seed: u64,
    /// What does not follow from the seed; most devices have nothing of the kind.
    given: BTreeMap<Number, String>,
}

impl Identity {
    /// The identity of the device with this seed.
    pub const fn of(seed: u64) -> Self {
        Self { seed, given: BTreeMap::new() }
    }

    /// Gives a number that does not follow from the seed.
    ///
    /// Fails where `value` is no such number; the one before stays then.
    pub fn give(&mut self, number: Number, value: &str) -> Result<(), BadNumber> {
        number.check(value)?;
        self.write(number, value);
        Ok(())
    }

    fn write(&mut self, number: Number, value: &str) {
        self.given.insert(number, value.to_owned());
    }

    fn or_given(&self, number: Number, from_seed: impl FnOnce() -> String) -> String {
        self.given.get(&number).cloned().unwrap_or_else(from_seed)
    }

    /// Every number that the device has, by the name that people write.
    pub fn numbers(&self) -> Vec<(&'static str, String)> {
        let value = |number| match number {
            Number::Imei => Some(self.imei()),
            Number::Iccid => Some(self.iccid()),
            Number::Imsi => Some(self.imsi()),
            Number::Sn => Some(self.sn()),
            Number::Muid => Some(self.muid()),
            Number::Model => self.model(),
            Number::Phone => Some(self.phone()).filter(|phone| !phone.is_empty()),
        };
        let all = Number::ALL.into_iter();
        all.filter_map(|(name, number)| Some((name, value(number)?))).collect()
    }

    /// The module's own number: 15 digits, the last a Luhn digit.
    pub fn imei(&self) -> String {
        self.or_given(Number::Imei, || with_luhn_digit(format!("86{}", self.digits::<12>())))
    }

    /// The serial number from the factory.
    pub fn sn(&self) -> String {
        self.or_given(Number::Sn, || format!("HL{}", self.digits::<14>()))
    }

    /// The SIM card's number: 20 digits, the last a Luhn digit.
    pub fn iccid(&self) -> String {
        self.or_given(Number::Iccid, || with_luhn_digit(format!("898604{}", self.digits::<13>())))
    }

    /// The subscriber's number: country, network, 10 digits.
    pub fn imsi(&self) -> String {
        self.or_given(Number::Imsi, || format!("{MCC}{MNC}{}", self.digits::<10>()))
    }

    /// The number of the module's chip.
    pub fn muid(&self) -> String {
        self.or_given(Number::Muid, || format!("20{}", self.digits::<18>()))
    }

    /// The module type, where it is not that of the profile.
    pub fn model(&self) -> Option<String> {
        Some(self.or_given(Number::Model, String::new)).filter(|model| !model.is_empty())
    }

    /// The telephone number on the card, if there is one.
    pub fn phone(&self) -> String {
        self.or_given(Number::Phone, String::new)
    }

    /// The country of the card, and of the cell that serves it: 3 digits.
    pub fn mcc(&self) -> String {
        self.imsi().chars().take(3).collect()
    }

    /// The network of the card, and of the cell that serves it: 2 digits.
    pub fn mnc(&self) -> String {
        self.imsi().chars().skip(3).take(2).collect()
    }

    /// Writes another IMEI, as the factory does; whether it is one. The check digit is not looked at.
    pub fn set_imei(&mut self, imei: &str) -> bool {
        let valid = Number::Imei.check(imei) != Err(BadNumber::Form(Number::Imei));
        if valid {
            self.write(Number::Imei, imei);
        }
        valid
    }

    /// Writes another serial number; whether it is one.
    pub fn set_sn(&mut self, sn: &str) -> bool {
        self.give(Number::Sn, sn).is_ok()
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

    #[test]
    fn given_numbers_stand_and_bad_ones_are_told_with_the_right_digit() {
        let mut identity = Identity::of(1);
        let before = identity.imei();
        let wrong = identity.give(Number::Imei, "490154203237519");
        assert_eq!(wrong, Err(BadNumber::CheckDigit { right: "490154203237518".to_owned() }));
        for (number, bad) in [
            (Number::Imei, "49015420323751"),
            (Number::Iccid, "99860412345678901234"),
            (Number::Imsi, "46004x234567890"),
            (Number::Sn, "with space"),
            (Number::Model, ""),
            (Number::Phone, "+"),
        ] {
            assert_eq!(identity.give(number, bad), Err(BadNumber::Form(number)), "{bad}");
        }
        assert_eq!(identity.imei(), before);
        for (number, good) in [
            (Number::Imei, "490154203237518"),
            (Number::Imsi, "262011234567890"),
            (Number::Model, "Air724UG"),
            (Number::Phone, "+8613800138000"),
        ] {
            assert_eq!(identity.give(number, good), Ok(()), "{good}");
        }
        assert_eq!((identity.mcc(), identity.mnc()), ("262".to_owned(), "01".to_owned()));
        assert_eq!(identity.phone(), "+8613800138000");
        assert_eq!(identity.model().as_deref(), Some("Air724UG"));
        let iccid = Identity::of(7).iccid();
        assert_eq!(identity.give(Number::Iccid, &iccid), Ok(()));
    }
}
