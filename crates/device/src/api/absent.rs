//! What the module has and this one has not: reading it is an error that says so.
//!
//! Not here is what script libraries look for to learn what a module can do (`rtos.openSoftDog`,
//! `io.mount`): they find `nil`, as on a module without it.

/// Names that scripts for the module use, by table.
const ABSENT: &[(&str, &[&str])] = &[
    (
        "rtos",
        &[
            "fota_end",
            "fota_process",
            "fota_start",
            "get_env_usage",
            "get_hardware",
            "hextodec",
            "keypad_state",
            "notify_sim_detect",
            "rename_dir",
            "set_alarm",
            "sleep",
            "sys32k_clk_out",
            "toint64",
            "MSG_BLUETOOTH",
            "MSG_CAMERA",
            "MSG_HEADSET",
            "MSG_RTK_INFO",
            "MSG_RTMP",
        ],
    ),
    (
        "io",
        &[
            "closedir",
            "format",
            "input",
            "opendir",
            "output",
            "popen",
            "read",
            "readdir",
            "stderr",
            "stdin",
            "stdout",
            "tmpfile",
            "unmount",
            "write",
            "SDCARD",
            "USBMSC",
            "EXTERN_PINLCD",
        ],
    ),
    ("os", &["execute", "exit", "setlocale", "tmpname"]),
    ("pio", &["CONT", "port"]),
    ("pio.pin", &["plus", "pwm"]),
    (
        "crypto",
        &[
            "aes128_ecb_decrypt",
            "aes128_ecb_encrypt",
            "des3_decrypt",
            "des3_encrypt",
            "des_decrypt",
            "des_encrypt",
            "rsa_decrypt",
            "rsa_encrypt",
            "rsa_sha256_sign",
            "rsa_sha256_verify",
            "sm3start",
            "xxtea_decrypt",
            "xxtea_encrypt",
        ],
    ),
    ("net", &["getBand", "getCell", "setEngMode"]),
    ("sim", &["getType"]),
    ("misc", &["getAnt"]),
    ("ril", &["sendtransparentdata", "setransparentmode"]),
];

/// The names of `table` that scripts use and that are not here.
pub(super) fn names(table: &str) -> &'static [&'static str] {
    ABSENT.iter().find(|&&(known, _)| known == table).map_or(&[], |&(_, names)| names)
}
