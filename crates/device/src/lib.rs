//! placeholder

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the virtual machine that installs these tables is yet to come")
)]
mod api;
