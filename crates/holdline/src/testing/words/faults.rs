//! Faults in a test: any words of the vocabulary, and a word of its own for the most frequent.

use super::{Answer, Arg, Args, Spoken};
use crate::report::Problem;
use crate::testing::trial::{Target, Trial};
use crate::words::Lang;
use holdline_modem::Instant;
use holdline_peer::fault::{Fault, Trouble, When, Who};
use holdline_sim::{DeviceId, TlsManner};

/// `world:fault(words)`
pub(super) fn of_all(trial: &mut Trial, args: &mut Args) -> Spoken {
    let fault = parse(&args.text()?, args.lang())?;
    trial.inject(fault, Target::All);
    Ok(Answer::Itself)
}

/// `server:fault(words)`
pub(super) fn of_server(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let (fault, lang) = (parse(&args.text()?, args.lang())?, args.lang());
    if fault.what.who() == Who::Module {
        return Err(lang.fault_of_another(&fault, "device").into());
    }
    trial.inject(fault, Target::Server(server));
    Ok(Answer::Itself)
}

/// `device:fault(words)`
pub(super) fn of_device(trial: &mut Trial, device: DeviceId, args: &mut Args) -> Spoken {
    let (fault, lang) = (parse(&args.text()?, args.lang())?, args.lang());
    if fault.what.who() == Who::Server {
        return Err(lang.fault_of_another(&fault, "server").into());
    }
    trial.inject(fault, Target::Device(device));
    Ok(Answer::Itself)
}

fn parse(words: &str, lang: Lang) -> Result<Fault, Problem> {
    Fault::parse(words).map_err(|error| lang.not_a_fault(&error))
}

/// What goes wrong with a server from now on, for as long as is said.
fn strike(trial: &mut Trial, server: usize, what: Trouble, args: &mut Args) -> Spoken {
    let lasts = if args.has_more() { Some(args.duration()?) } else { None };
    trial.inject(Fault { lasts, ..Fault::now(what) }, Target::Server(server));
    Ok(Answer::Itself)
}

pub(super) fn down(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    strike(trial, server, Trouble::Down, args)
}

pub(super) fn silent(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    strike(trial, server, Trouble::Silent, args)
}

pub(super) fn restart(trial: &mut Trial, server: usize, _args: &mut Args) -> Spoken {
    trial.inject(Fault::now(Trouble::Restart), Target::Server(server));
    Ok(Answer::Itself)
}

pub(super) fn close(trial: &mut Trial, server: usize, _args: &mut Args) -> Spoken {
    trial.inject(Fault::now(Trouble::Close), Target::Server(server));
    Ok(Answer::Itself)
}

pub(super) fn reset(trial: &mut Trial, server: usize, _args: &mut Args) -> Spoken {
    trial.inject(Fault::now(Trouble::Reset), Target::Server(server));
    Ok(Answer::Itself)
}

/// `server:refuse(count)` or `server:refuse(time)`
pub(super) fn refuse(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    if args.is_text() || !args.has_more() {
        return strike(trial, server, Trouble::Refuse, args);
    }
    let value = args.next();
    let Some(last) = value.count().filter(|count| *count > 0) else {
        return Err(args.wrong(&value, args.lang().a_count()).into());
    };
    let when = When::Connects { first: 1, last };
    trial.inject(Fault { when, ..Fault::now(Trouble::Refuse) }, Target::Server(server));
    Ok(Answer::Itself)
}

/// `device:power_cut([time])`
pub(super) fn power_cut(trial: &mut Trial, device: DeviceId, args: &mut Args) -> Spoken {
    let lasts = if args.has_more() { Some(args.duration()?) } else { None };
    trial.inject(Fault { lasts, ..Fault::now(Trouble::PowerCut) }, Target::Device(device));
    Ok(Answer::Itself)
}

/// `server:speaks_tls{ fails = TEXT, wants_client_certificate = FLAG }`
pub(super) fn speaks_tls(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let options = args.options(&["fails", "wants_client_certificate"])?;
    let wants_client_certificate = match options.get("wants_client_certificate") {
        None => false,
        Some(Arg::Flag(flag)) => *flag,
        Some(other) => return Err(args.wrong(other, args.lang().a_flag()).into()),
    };
    let fails = options.get("fails").map(|value| args.text_of(value)).transpose()?;
    let fault = fails.map(|fails| parse(&format!("tls {fails}"), args.lang())).transpose()?;
    let manner = TlsManner { wants_client_certificate, fails: None };
    trial.server(server).speak_tls(manner);
    if let Some(fault) = fault {
        trial.server(server).inject(Instant::ZERO, fault);
    }
    Ok(Answer::Itself)
}
