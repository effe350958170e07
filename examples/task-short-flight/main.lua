-- A short connection with flight mode between two reports, which saves most of the power.
-- 短连接，两次上报之间进入飞行模式，这样最省电。

-- Every project names itself; `sys.init` insists on both.
-- 每个工程都要定义这两个变量，否则 `sys.init` 会报错。
PROJECT = "TASK_SHORT_FLIGHT"
VERSION = "1.0.0"

require "sys"
require "testShortFlight"

sys.init(0, 0)
-- The main loop; it never returns, so it stands last.
-- 主循环，不会返回，所以必须放在最后。
sys.run()
