//! Notices about the device's own files.

/// `path` could not be written.
pub(super) fn not_written_in_english(path: &str, why: &str) -> String {
    format!(
        "`{path}` could not be written: {why}. Make room on the device, or look at the folder that \
         holds its files"
    )
}

/// The same in Chinese.
pub(super) fn not_written_in_chinese(path: &str, why: &str) -> String {
    format!("`{path}` 写入失败：{why}。请在设备上腾出空间，或检查存放设备文件的文件夹")
}
