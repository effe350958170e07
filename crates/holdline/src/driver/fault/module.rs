//! Troubles of the module, as facts about it.

use holdline_modem::Input;
use holdline_peer::fault::Trouble;

/// A signal that is weak, and the usual one, as `AT+CSQ` tells them.
const WEAK_RSSI: u8 = 5;
const USUAL_RSSI: u8 = 25;

/// The facts with which a trouble begins and ends; nothing for what is none of the module's, or
/// cannot be told to it while its lines are real.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other trouble is a fact")]
pub(super) fn facts(what: Trouble) -> Option<(Input, Option<Input>)> {
    let (begin, end) = match what {
        Trouble::PdpLost => return Some((Input::LinkLost, None)),
        Trouble::RegistrationLost => (Input::CellLost, Input::CellFound),
        Trouble::WeakSignal => {
            (Input::SignalChanged { rssi: WEAK_RSSI }, Input::SignalChanged { rssi: USUAL_RSSI })
        }
        Trouble::SimOut => (Input::SimRemoved, Input::SimInserted),
        Trouble::SimPin => (Input::SimLocked, Input::SimUnlocked),
        Trouble::SimArrears => (Input::DataBarred, Input::DataAllowed),
        Trouble::FlightMode => (Input::RadioSwitchedOff, Input::RadioSwitchedOn),
        Trouble::FlashFull => (Input::FlashFilled, Input::FlashFreed),
        Trouble::PowerCut => (Input::PowerLost, Input::PowerRestored),
        _ => return None,
    };
    Some((begin, Some(end)))
}
