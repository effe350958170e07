//! Faults of a module, as the facts that its device hears.

use holdline_modem::Input;
use holdline_peer::fault::Trouble;

/// What `AT+CSQ` says of a weak signal, and of the usual one.
const RSSI_WEAK: u8 = 5;
const RSSI_USUAL: u8 = 25;

/// What a device hears when the trouble begins; nothing of what is not its module's.
#[expect(clippy::wildcard_enum_match_arm, reason = "what is not a module's has no fact")]
pub(crate) const fn fact_of_begin(trouble: Trouble) -> Option<Input> {
    Some(match trouble {
        Trouble::PdpLost => Input::LinkLost,
        Trouble::RegistrationLost => Input::CellLost,
        Trouble::WeakSignal => Input::SignalChanged { rssi: RSSI_WEAK },
        Trouble::SimOut => Input::SimRemoved,
        Trouble::SimPin => Input::SimLocked,
        Trouble::SimArrears => Input::DataBarred,
        Trouble::FlightMode => Input::RadioSwitchedOff,
        Trouble::FlashFull => Input::FlashFilled,
        Trouble::PowerCut => Input::PowerLost,
        _ => return None,
    })
}

/// What a device hears when the trouble is over.
#[expect(clippy::wildcard_enum_match_arm, reason = "what is not a module's has no fact")]
pub(crate) const fn fact_of_end(trouble: Trouble) -> Option<Input> {
    Some(match trouble {
        Trouble::RegistrationLost => Input::CellFound,
        Trouble::WeakSignal => Input::SignalChanged { rssi: RSSI_USUAL },
        Trouble::SimOut => Input::SimInserted,
        Trouble::SimPin => Input::SimUnlocked,
        Trouble::SimArrears => Input::DataAllowed,
        Trouble::FlightMode => Input::RadioSwitchedOn,
        Trouble::FlashFull => Input::FlashFreed,
        Trouble::PowerCut => Input::PowerRestored,
        _ => return None,
    })
}
