PROJECT, VERSION = "ISOLATION", "1.0.0"
require "sys"
require "socket"
dofile("/role.lua")
local init, run = sys.init, sys.run
require(ROLE)
init(0, 0)
run()
