-- Lua's tables, as queues of socket programs lean on them.
local queue = {}
table.insert(queue, "b")
table.insert(queue, 1, "a")
table.insert(queue, #queue + 1, "c")
assert(table.concat(queue, ",") == "a,b,c")
assert(table.remove(queue, 1) == "a" and table.remove(queue) == "c" and table.remove(queue) == "b")
assert(table.remove(queue) == nil and table.remove(queue, 1) == nil and #queue == 0)

-- Values of any kind pass through in order, tables as themselves.
local items = {}
for i = 1, 1000 do table.insert(items, { data = "d" .. i, para = i }) end
for i = 1, 1000 do
    local item = table.remove(items, 1)
    assert(item.data == "d" .. i and item.para == i)
end

local fine, err = pcall(table.insert, queue, 1, 2, 3)
assert(not fine and err:find("wrong number of arguments to 'insert'", 1, true), err)
fine, err = pcall(table.insert, nil, 1)
assert(not fine and err:find("bad argument #1", 1, true), err)
fine, err = pcall(table.remove, "queue")
assert(not fine and err:find("table expected, got string", 1, true), err)
fine, err = pcall(table.concat, { {} })
assert(not fine and err:find("invalid value (table) at index 1", 1, true), err)

assert(table.getn({ 1, 2, 3 }) == 3 and table.maxn({ [7] = true }) == 7)
local list = { 3, 1, 2 }
table.sort(list, function(a, b) return a > b end)
assert(table.concat(list, "", 1, 2) == "32")
local keys = ""
table.foreachi(list, function(i, value) keys = keys .. i .. value end)
assert(keys == "132231" and table.foreach({ x = 1 }, function(key) return key end) == "x")
done()
