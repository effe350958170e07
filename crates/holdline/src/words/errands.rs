//! Notices about what the script library does on its own account.

/// `who` sends kept errors to `server`.
pub(super) fn report_in_english(who: &str, server: &str) -> String {
    format!(
        "`{who}` sends the errors that the device has kept to {server}, as the module does. To keep \
         them here, lead it elsewhere: --redirect HOST:PORT=127.0.0.1:PORT"
    )
}

/// The same in Chinese.
pub(super) fn report_in_chinese(who: &str, server: &str) -> String {
    format!(
        "`{who}` 把设备保存的错误发往 {server}，模块上也是如此。要留在本机，请改道：--redirect 主机:端口=127.0.0.1:端口"
    )
}

/// `call` asks for an update over the air.
pub(super) fn no_update_in_english(call: &str) -> String {
    format!(
        "`{call}` finds nothing: scripts are not updated over the air here, they run as they are in \
         the project's folder"
    )
}

/// The same in Chinese.
pub(super) fn no_update_in_chinese(call: &str) -> String {
    format!("`{call}` 不会下载任何东西：这里没有远程升级，运行的就是工程文件夹里的脚本")
}
