//! How fast virtual time passes: `--speed N|max`.

use crate::report::Mistake;
use holdline_modem::Instant;
use std::str::FromStr;
use std::time::Duration;

/// The fastest pace besides `max`: a year in half a minute.
const TIMES_MAX: f64 = 1e6;

/// A pace of virtual time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Speed {
    /// So many times as fast as real time.
    Times(f64),
    /// As fast as the machine goes.
    Max,
}

impl Speed {
    /// When, after the start of the run, virtual time reaches `at`.
    pub(super) fn real(self, at: Instant) -> Instant {
        match self {
            Self::Max => Instant::ZERO,
            Self::Times(times) => {
                let real = at.since(Instant::ZERO).as_secs_f64() / times;
                let real = Duration::try_from_secs_f64(real).unwrap_or(Duration::MAX);
                Instant::ZERO + real
            }
        }
    }
}

impl FromStr for Speed {
    type Err = Mistake;

    fn from_str(text: &str) -> Result<Self, Mistake> {
        let is_plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let times = Some(text).filter(is_plain).and_then(|text| text.parse::<f64>().ok());
        match times {
            _ if text == "max" => Ok(Self::Max),
            Some(times) if times > 0.0 && times <= TIMES_MAX => Ok(Self::Times(times)),
            Some(_) | None => Err(Mistake::Speed { given: text.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_number_of_times_or_max() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("60".parse(), Ok(Speed::Times(60.0)));
        assert_eq!("0.5".parse(), Ok(Speed::Times(0.5)));
        for wrong in ["", "0", "-1", "fast", "1e3", "inf", "nan", "2x", "1000001", "1.2.3"] {
            assert!(wrong.parse::<Speed>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_minute_at_sixty_times_is_a_second() {
        let minute = Instant::from_millis(60_000);
        assert_eq!(Speed::Times(60.0).real(minute), Instant::from_millis(1000));
        assert_eq!(Speed::Times(0.5).real(minute), Instant::from_millis(120_000));
        assert_eq!(Speed::Max.real(minute), Instant::ZERO);
        assert!(Speed::Times(1e-300).real(minute) > minute);
    }
}
