-- A short connection with flight mode between two reports, which saves most of the power.
-- 短连接，两次上报之间进入飞行模式，这样最省电。

-- These three must be set before the first require.
-- 这三个变量必须在第一个 require 之前定义。
MODULE_TYPE = "Air202"
PROJECT = "SHORT_FLIGHT"
VERSION = "1.0.0"

-- sys holds the main loop and the timers; test is our own program, in test.lua.
-- sys 提供主循环和定时器；test 是我们自己的程序，在 test.lua 中。
require "sys"
require "test"

-- The system starts here. sys.run never returns, so nothing may stand below it.
-- 系统从这里开始运行。sys.run 不会返回，所以它必须是最后一行。
sys.init(0, 0)
sys.run()
