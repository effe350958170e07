-- A transparent bridge: what comes in on the serial port goes to the server, and the other way round.
-- 透传：串口收到的数据发给服务器，服务器发来的数据写到串口。

-- These three must be set before the first require.
-- 这三个变量必须在第一个 require 之前定义。
MODULE_TYPE = "Air202"
PROJECT = "TRANSPARENT"
VERSION = "1.0.0"

-- serial reads and packs, server holds the connection; see there.
-- serial 读串口并打包，server 负责连接，详见各文件。
require "sys"
require "serial"
require "server"

sys.init(0, 0)
-- The main loop; it never returns, so it stands last.
-- 主循环，不会返回，所以必须放在最后。
sys.run()
