-- Reading ------------------------------------------------------------------------------------------------------------

local P, E = {}, {} -- fields and expert information beside the packets' own

P.packet_type = ProtoField.uint8("gatts.packet_type", "Packet type", base.DEC, { [0] = "command", "response", "event",
    "DTM command", "DTM response", "reset or generic command" })
P.opcode = ProtoField.uint8("gatts.opcode", "Opcode", base.HEX)
P.event_id = ProtoField.uint16("gatts.event_id", "Event id", base.HEX)
P.name = ProtoField.string("gatts.name", "Name")
P.kind = ProtoField.string("gatts.kind", "Kind")
P.group = ProtoField.string("gatts.group", "Group")
P.dialect = ProtoField.string("gatts.dialect", "Dialect")
P.result_name = ProtoField.string("gatts.result_name", "Result")
P.presence = ProtoField.uint8("gatts.presence", "Presence flag", base.HEX)
P.count = ProtoField.uint16("gatts.byte_count", "Length", base.DEC)
P.filler = ProtoField.uint8("gatts.filler", "Filler", base.HEX)
P.opaque = ProtoField.bytes("gatts.opaque", "Not a GATT server packet")
P.undecoded = ProtoField.bytes("gatts.undecoded", "Undecoded")
P.any_handle = ProtoField.uint16("gatts.any_handle", "Attribute handle", base.HEX)
P.response_in = ProtoField.framenum("gatts.response_in", "Response in", base.NONE, frametype.RESPONSE)
P.response_to = ProtoField.framenum("gatts.response_to", "Response to", base.NONE, frametype.REQUEST)
P.response_time = ProtoField.relative_time("gatts.response_time", "Time since the command")

E.malformed = ProtoExpert.new("gatts.malformed", "Not a packet of this dialect", expert.group.MALFORMED,
    expert.severity.ERROR)
E.strict = ProtoExpert.new("gatts.not_strict", "The firmware takes it, no correct peer sends it", expert.group.PROTOCOL,
    expert.severity.WARN)
E.failed = ProtoExpert.new("gatts.failed", "The call failed", expert.group.RESPONSE_CODE, expert.severity.NOTE)
E.too_long = ProtoExpert.new("gatts.too_long", "Longer than the firmware's packet", expert.group.PROTOCOL,
    expert.severity.NOTE)
E.unknown = ProtoExpert.new("gatts.unknown_opcode", "In no group of this dialect", expert.group.UNDECODED,
    expert.severity.WARN)
E.direction = ProtoExpert.new("gatts.direction", "Wrong direction", expert.group.PROTOCOL, expert.severity.WARN)

-- Where reading stands: pos counts from the packet body's start, as offsets in messages do. seen has every number by
-- its field's name, for the summary; root is the packet's tree, group its group.
local function cursor(tvb, base, size, root)
    local function range(_, from, length) return tvb(base + from, length) end
    return { pos = 0, size = size, range = range, root = root, seen = {} }
end

-- The field of a path: items of a list share one, and one path can be of several kinds.
local function field(c, path, kind) return F[c.group][path:gsub("%[%d+%]", "")][kind] end

local function first_line(path, offset, reason)
    return string.format("%sat offset %d: %s", path ~= "" and path .. " " or "", offset, reason)
end

local function join(path, name) return path ~= "" and path .. "." .. name or name end

local function fail(path, offset, reason) error({ text = first_line(path, offset, reason), offset = offset }, 0) end

local function strict_only(item, path, offset, reason)
    item:add_proto_expert_info(E.strict, first_line(path, offset, reason))
end

local function take(c, size, path)
    if c.pos + size > c.size then fail(path, c.pos, "the packet ends within this field") end
    c.pos = c.pos + size
    return c:range(c.pos - size, size)
end

-- The kinds of presence byte that firmware has.
local present = {
    STRUCT = function(byte) return byte == 1 end,
    DATA = function(byte) return byte == 1 end,
    RAW = function(byte) return byte ~= 0 end,
    ANY = function() return true end,
    FILLED = function(byte) return byte == 1 end,
}
local always = { ANY = true, FILLED = true }

local function check_flag(flag, byte, item, path, offset)
    if byte == 1 or (byte == 0 and not always[flag]) then return end
    local wanted = always[flag] and "01" or "00 or 01"
    local reason = string.format("presence flag must be %s, found %02x", wanted, byte)
    if flag == "STRUCT" then fail(path, offset, reason) end
    strict_only(item, path, offset, reason)
end

local function read_flag(flag, c, tree, path)
    local start = c.pos
    local range = take(c, 1, path)
    local byte = range:uint()
    local given = present[flag](byte)
    local item = tree:add(P.presence, range)
    item:set_text(string.format("%s: %s (%02x)", path, given and "present" or "absent", byte))
    check_flag(flag, byte, item, path, start)
    return given
end

local function label(item, labels, value)
    local known = labels and labels[value]
    if known then item:append_text(" (" .. known .. ")") end
end

local function address(range)
    local bytes = {}
    for at = range:len() - 1, 0, -1 do table.insert(bytes, string.format("%02X", range(at, 1):uint())) end
    return table.concat(bytes, ":")
end

local function read_bytes(layout, c, size, tree, path)
    local range = take(c, size, path)
    local item = tree:add(field(c, path, "bytes"), range)
    if layout.shown == "address" then item:append_text(" (" .. address(range) .. ")") end
end

-- A count that is not a field of the message.
local function read_size(c, width, tree, path)
    local range = take(c, width, path)
    tree:add_le(P.count, range):set_text("Length of " .. path:gsub(" %(.*", "") .. ": " .. range:le_uint())
    return range:le_uint()
end

-- The record's values so far that have a name, or those of one around it.
local function scope_of(scope, name)
    local first = name:match("^[^.]+")
    while scope.offsets[first] == nil do scope = scope.outer end
    return scope, first
end

-- An earlier number; dots lead into a structure.
local function lookup(scope, name)
    local value = scope_of(scope, name)
    for each in name:gmatch("[^.]+") do value = value[each] end
    return value
end

local function offset_of(scope, name)
    local found, first = scope_of(scope, name)
    return found.offsets[first]
end

-- The path of a field beside the one at path.
local function beside(path, name) return join(path:match("^(.*)%.[^.]*$") or "", name) end

-- One function a block: (layout, cursor, the record's values so far, tree, path, labels) -> value.
local blocks = {}

local function read(layout, c, scope, tree, path)
    return blocks[layout.block](layout, c, scope, tree, path)
end

local function read_members(members, c, scope, tree, path)
    for _, member in ipairs(members) do
        if member.name then
            scope.offsets[member.name] = c.pos
            scope[member.name] = read(member, c, scope, tree, join(path, member.name))
        else
            read(member, c, scope, tree, path)
        end
    end
end

function blocks.record(layout, c, outer, tree, path)
    local start, item = c.pos, tree
    if path ~= "" then
        item = tree:add(field(c, path, "none"), c:range(start, c.size - start))
        if path:match("%]$") then item:append_text(" " .. path:match("%[%d+%]$")) end
    end
    local scope = { offsets = {}, outer = outer }
    read_members(layout.members, c, scope, item, path)
    if path ~= "" then item:set_len(c.pos - start) end
    return scope
end

function blocks.nested(layout, c, scope, tree, path) return read(layout.of, c, scope, tree, path) end

function blocks.number(layout, c, _, tree, path)
    local range = take(c, layout.size, path)
    local value = layout.signed and range:le_int() or range:le_uint()
    local kind = (layout.signed and "int" or "uint") .. 8 * layout.size
    local item = tree:add_le(field(c, path, kind), range)
    label(item, layout.labels, value)
    local name = path:match("[^.]+$")
    c.seen[name] = value
    if name == "handle" then c.root:add_le(P.any_handle, range):set_hidden() end
    return value
end

function blocks.presence(layout, c, scope, tree, path)
    if read_flag(layout.flag, c, tree, path) then return read(layout.of, c, scope, tree, path) end
    return nil
end

function blocks.given(layout, c, _, tree, path)
    local start = c.pos
    local range = take(c, 1, path)
    local given = present[layout.flag](range:uint())
    check_flag(layout.flag, range:uint(), tree:add(field(c, path, "bool"), range, given), path, start)
    return given
end

function blocks.data(layout, c, scope, tree, path)
    local given = not layout.flag or read_flag(layout.flag, c, tree, path)
    local length, most = lookup(scope, layout.length), layout.most
    if most and (given or layout.limited) and length > most then
        local at, where = beside(path, layout.length), offset_of(scope, layout.length)
        local reason = string.format("%d is over the longest value, %d bytes", length, most)
        if given then fail(at, where, reason) end
        strict_only(tree, at, where, reason)
    end
    if layout.flag == "FILLED" and not given and length > 0 then
        local byte = c:range(c.pos - 1, 1):uint()
        fail(path, c.pos - 1, string.format("presence flag must be 01, found %02x", byte))
    end
    if given or layout.flag == "FILLED" then read_bytes(layout, c, length, tree, path) end
end

function blocks.counted(layout, c, _, tree, path)
    local start, most = c.pos, layout.most
    local size = read_size(c, layout.size, tree, path .. " (len)")
    if most and size > most then
        fail(path, start, string.format("%d is over the longest value, %d bytes", size, most))
    end
    read_bytes(layout, c, size, tree, path)
end

function blocks.raw(layout, c, scope, tree, path)
    local size = layout.size
    read_bytes(layout, c, type(size) == "number" and size or lookup(scope, size), tree, path)
end

function blocks.list(layout, c, scope, tree, path)
    local count = layout.count
    local size = type(count) == "number" and read_size(c, count, tree, path .. " (count)") or lookup(scope, count)
    for at = 0, size - 1 do read(layout.of, c, scope, tree, string.format("%s[%d]", path, at)) end
end

function blocks.switch(layout, c, scope, tree, path)
    local value, known = lookup(scope, layout.field), {}
    for _, case in ipairs(layout.cases) do
        if case[1] == value then return read(case[2], c, scope, tree, path) end
        table.insert(known, case[1])
    end
    if layout.default then return read(layout.default, c, scope, tree, path) end
    local reason = string.format("must be one of %s, found %d", table.concat(known, ", "), value)
    return fail(beside(path, layout.field), offset_of(scope, layout.field), reason)
end

function blocks.never(layout, c, _, _, path) fail(path, c.pos - 1, layout.reason) end

function blocks.count(layout, c, scope, tree, path)
    scope.offsets[layout.counter] = c.pos
    scope[layout.counter] = read_size(c, layout.size, tree, join(path, layout.of) .. " (count)")
end

function blocks.atmost(layout, _, scope, _, path)
    local value = scope[layout.field]
    if value > layout.most and (not layout.when or scope[layout.when] ~= 0) then
        local reason = string.format("must be at most %d, found %d", layout.most, value)
        fail(join(path, layout.field), scope.offsets[layout.field], reason)
    end
end

function blocks.absent() end

function blocks.trailing(layout, c, scope, tree, path)
    if c.pos < c.size then return read(layout.of, c, scope, tree, path) end
    return nil
end

function blocks.oneof(layout, c, scope, tree, path)
    local start = c.pos
    local value = read(layout.of, c, scope, tree, path)
    for _, known in ipairs(layout.values) do
        if value == known then return value end
    end
    return fail(path, start, string.format("must be %s, found %d", table.concat(layout.values, " or "), value))
end

function blocks.bits(layout, c, scope, tree, path)
    local start, digits = c.pos, 2 * layout.size
    local range = take(c, layout.size, path)
    local whole, used = range:le_uint(), 256 ^ layout.size - layout.reserved -- the reserved bits are the highest
    if whole >= used then
        local shown = "reserved bits %0" .. digits .. "x are set in %0" .. digits .. "x"
        strict_only(tree, path, start, shown:format(math.floor(whole - whole % used), whole))
    end
    for _, group in ipairs(layout.groups) do
        local name, shift, width = group[1], group[2], group[3]
        local mask = math.floor(2 ^ shift * (2 ^ width - 1))
        local kind = string.format("uint%d:0x%0" .. digits .. "x", 8 * layout.size, mask)
        local item = tree:add_le(field(c, join(path, name), kind), range)
        local value = math.floor(whole / 2 ^ shift) % math.floor(2 ^ width)
        scope[name], scope.offsets[name] = value, start
        label(item, layout.labels[name], value)
        local required = layout.required[name]
        if required and value ~= required then
            strict_only(item, join(path, name), start, string.format("must be %d, found %d", required, value))
        end
    end
end

function blocks.group(layout, c, scope, tree, path)
    if read_flag(layout.flag, c, tree, join(path, layout.key)) then
        return read_members(layout.members, c, scope, tree, path)
    end
    for name, value in pairs(layout.absent) do
        tree:add(field(c, join(path, name), "uint16"), value):set_generated()
    end
    if layout.filler then
        local range = take(c, 1, path)
        local item = tree:add(P.filler, range)
        if range:uint() ~= 0 then
            local reason = string.format("an absent %s is followed by 00, found %02x", layout.key, range:uint())
            strict_only(item, path, c.pos - 1, reason)
        end
    end
end

function blocks.when(layout, c, scope, tree, path)
    if scope[layout.field] == layout.value then read_members(layout.members, c, scope, tree, path) end
end
