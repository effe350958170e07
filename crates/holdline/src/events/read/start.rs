//! What a run begins with, read back. What fails names the field.

use super::super::start::{Head, Start};
use super::fields::duration;
use holdline_device::{BootPlan, Identity, MemoryFlash, Number, Profile};
use serde_json::Value;

/// The head in a first line whose form is known.
pub(super) fn head(line: &Value) -> Result<Head, &'static str> {
    let holdline = line["holdline"].as_str().ok_or("holdline")?.to_owned();
    let digests = |field: &'static str| {
        let files = line[field].as_object().ok_or(field)?.iter();
        let digest = |(name, digest): (&String, &Value)| {
            Ok::<_, &str>((name.clone(), digest.as_str().ok_or(field)?.to_owned()))
        };
        files.map(digest).collect::<Result<_, &str>>()
    };
    Ok(Head { holdline, project: digests("project")?, library: digests("library")? })
}

/// How a device with these files was powered on.
pub(super) fn start(event: &Value, flash: MemoryFlash) -> Result<Start, &'static str> {
    let profile = event["module"].as_str().and_then(Profile::named).ok_or("module")?;
    let boot = boot_of(&event["boot"]).ok_or("boot")?;
    let seed = event["seed"].as_u64().ok_or("seed")?;
    let clock_s = event["clock_s"].as_i64().ok_or("clock_s")?;
    let identity = identity_of(&event["identity"]).ok_or("identity")?;
    Ok(Start { profile, boot, seed, identity, clock_s, flash })
}

fn boot_of(times: &Value) -> Option<BootPlan> {
    let time = |name| duration(&times[name]);
    Some(BootPlan {
        sim: time("sim_ms")?,
        register: time("register_ms")?,
        attach: time("attach_ms")?,
        activate: time("activate_ms")?,
        shut: time("shut_ms")?,
        restart: time("restart_ms")?,
    })
}

/// The identity with every number that is told; no other follows from a seed then.
fn identity_of(numbers: &Value) -> Option<Identity> {
    let mut identity = Identity::of(0);
    for (name, number) in numbers.as_object()? {
        let (_, known) = Number::ALL.iter().find(|(known, _)| known == name)?;
        identity.give(*known, number.as_str()?).ok()?;
    }
    Some(identity)
}
