--! module air202
-- A path has 31 bytes at most on 2G.
local longest = "/" .. ("p"):rep(30)
assert(io.open(longest, "w")):close()
local file, why = io.open(longest .. "p", "w")
assert(file == nil and why:find("File name too long", 1, true), why)
assert(not rtos.make_dir(longest .. "p") and not os.rename(longest, longest .. "pp"))
done()
