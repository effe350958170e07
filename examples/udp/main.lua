-- Datagrams: a report after every ten quiet seconds, and whatever comes back.
-- UDP 示例：安静十秒就上报一次，并打印收到的数据。

-- Every project names itself; `sys.init` insists on both.
-- 每个工程都要定义这两个变量，否则 `sys.init` 会报错。
PROJECT = "UDP"
VERSION = "1.0.0"

require "sys"
require "testUdp"

sys.init(0, 0)
-- The main loop; it never returns, so it stands last.
-- 主循环，不会返回，所以必须放在最后。
sys.run()
