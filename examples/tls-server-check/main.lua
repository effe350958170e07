-- The first file that a module runs: see examples/long-connection for what each line is for.
-- 模块运行的第一个文件：每一行的作用见 examples/long-connection。
MODULE_TYPE = "Air202"
PROJECT = "TLS_SERVER_CHECK"
VERSION = "1.0.0"

require "sys"
require "test"

sys.init(0, 0)
sys.run()
