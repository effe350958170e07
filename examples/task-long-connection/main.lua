-- A long connection in one task: receive, send on request, and ping when the line is quiet.
-- 用一个任务保持长连接：接收数据，按请求发送，空闲时发心跳。

-- Every project names itself; `sys.init` insists on both.
-- 每个工程都要定义这两个变量，否则 `sys.init` 会报错。
PROJECT = "TASK_LONG_CONNECTION"
VERSION = "1.0.0"

require "sys"
require "testSocket"

sys.init(0, 0)
-- The main loop; it never returns, so it stands last.
-- 主循环，不会返回，所以必须放在最后。
sys.run()
