-- A long connection whose data is taken by a callback.
-- 异步长连接：用回调函数接收数据。

-- Every project names itself; `sys.init` insists on both.
-- 每个工程都要定义这两个变量，否则 `sys.init` 会报错。
PROJECT = "TASK_ASYNC_CALLBACK"
VERSION = "1.0.0"

require "sys"
require "testCallback"

sys.init(0, 0)
-- The main loop; it never returns, so it stands last.
-- 主循环，不会返回，所以必须放在最后。
sys.run()
