-- @generated
--
-- Nordic SoftDevice GATT server packets over serial, for Wireshark: H5 frames without SLIP in captures of link type
-- DLT_USER0 (147), with the direction in the packet flags: outbound is host to chip. Choose the dialect in
-- Preferences, Protocols, GATTS, or with tshark -o gatts.dialect:sd_api_v7.
--
-- The packet layouts below are data; the functions behind them read any layout, one function a block. They decode as
-- the firmware does; what a strict decoder refuses, and what no decoder takes, comes as expert information in the
-- words of gatts-codec.

local h5 = Proto("nrfh5", "Nordic H5")
local gatts = Proto("gatts", "SoftDevice GATT server")

local MAX_VALUE_LEN = @max_value_len
local UNKNOWN, SENT, RECEIVED = -1, 0, 1 -- pinfo.p2p_dir, seen from the host

-- R: records and other tables, each once however many packets share it. D: dialects.
local R, D = {}, {}

@layouts

-- Fields, by path within the packet.
local F = {}

@fields

-- What to do about results: in general, and as answers to one command.
local HINTS = @hints

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
-- its field's name, for the summary; root is the packet's tree.
local function cursor(tvb, base, size, root)
    local function range(_, from, length) return tvb(base + from, length) end
    return { pos = 0, size = size, range = range, root = root, seen = {} }
end

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

-- The three kinds of presence byte that firmware has.
local present = {
    STRUCT = function(byte) return byte == 1 end,
    DATA = function(byte) return byte == 1 end,
    RAW = function(byte) return byte ~= 0 end,
}

local function check_flag(flag, byte, item, path, offset)
    if byte <= 1 then return end
    local reason = string.format("presence flag must be 00 or 01, found %02x", byte)
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

local function read_bytes(c, size, tree, path)
    tree:add(F[path], take(c, size, path))
end

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

function blocks.record(layout, c, _, tree, path)
    local start, item = c.pos, tree
    if path ~= "" then item = tree:add(F[path], c:range(start, c.size - start)) end
    local scope = { offsets = {} }
    read_members(layout.members, c, scope, item, path)
    if path ~= "" then item:set_len(c.pos - start) end
    return scope
end

function blocks.nested(layout, c, scope, tree, path) return read(layout.of, c, scope, tree, path) end

function blocks.number(layout, c, _, tree, path)
    local range = take(c, layout.size, path)
    local value = layout.signed and range:le_int() or range:le_uint()
    local item = tree:add_le(F[path], range)
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
    check_flag(layout.flag, range:uint(), tree:add(F[path], range, given), path, start)
    return given
end

function blocks.data(layout, c, scope, tree, path)
    local given = not layout.flag or read_flag(layout.flag, c, tree, path)
    local length = scope[layout.length]
    if (given or layout.limited) and length > MAX_VALUE_LEN then
        local at, where = path:gsub("[^.]+$", layout.length), scope.offsets[layout.length]
        local reason = string.format("%d is over the longest value, %d bytes", length, MAX_VALUE_LEN)
        if given then fail(at, where, reason) end
        strict_only(tree, at, where, reason)
    end
    if given then read_bytes(c, length, tree, path) end
end

function blocks.counted(_, c, _, tree, path)
    local start = c.pos
    local range = take(c, 2, path .. " (len)")
    tree:add_le(P.count, range):set_text("Length of " .. path .. ": " .. range:le_uint())
    if range:le_uint() > MAX_VALUE_LEN then
        fail(path, start, string.format("%d is over the longest value, %d bytes", range:le_uint(), MAX_VALUE_LEN))
    end
    read_bytes(c, range:le_uint(), tree, path)
end

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
    local start = c.pos
    local range = take(c, 1, path)
    local byte, used = range:uint(), 256 - layout.reserved -- the reserved bits are the highest
    if byte >= used then
        local reason = string.format("reserved bits %02x are set in %02x", byte - byte % used, byte)
        strict_only(tree, path, start, reason)
    end
    for _, group in ipairs(layout.groups) do
        local name, shift, width = group[1], group[2], group[3]
        local item = tree:add(F[join(path, name)], range)
        local value = range:bitfield(8 - shift - width, width)
        scope[name] = value
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
        tree:add(F[join(path, name)], value):set_generated()
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

-- Packets ------------------------------------------------------------------------------------------------------------

@dialects

local KINDS = { [0] = "command", "response", "event" }
local OTHER_KINDS = { [3] = "dtm_command", [4] = "dtm_response", [5] = "reset_command" }

local calls = {} -- what the first pass over a capture finds out: by frame number, and commands without a response yet

local function find_group(dialect, kind, number)
    for _, range in ipairs(dialect.groups[kind == "event" and "event" or "command"]) do
        if number >= range[1] and number <= range[2] then return range[3] end
    end
    return "unknown"
end

local function decode_fields(layout, c, tree)
    local scope = blocks.record(layout, c, nil, tree, "")
    local extra = c.size - c.pos
    if extra > 0 then
        local reason = string.format("%d byte%s after a complete packet", extra, extra > 1 and "s" or "")
        if not layout.tolerates_trailing then fail("", c.pos, reason) end
        strict_only(tree:add(P.undecoded, c:range(c.pos, extra)), "", c.pos, reason)
    end
    return scope
end

-- The fields of a packet, or an expert error where they end.
local function try_fields(layout, c, tree)
    local ok, found = pcall(decode_fields, layout, c, tree)
    if ok then return found end
    if type(found) ~= "table" then error(found, 0) end
    local item = tree:add(P.undecoded, c:range(found.offset, c.size - found.offset))
    item:add_proto_expert_info(E.malformed, found.text)
    return nil
end

local function show_result(dialect, command, result, tree)
    local name = dialect.results[result] or "unknown result"
    local item = tree:add(P.result_name, name):set_generated()
    local hint = (HINTS[command] or {})[name] or HINTS[""][name]
    if result ~= 0 then item:add_proto_expert_info(E.failed, name .. (hint and ": " .. hint or "")) end
    return name
end

local function match_response(pinfo, kind, opcode)
    if kind == "command" then
        calls.waiting[opcode] = { number = pinfo.number, time = pinfo.rel_ts }
    elseif calls.waiting[opcode] then
        local command = calls.waiting[opcode]
        calls.waiting[opcode] = nil
        calls.response_of[command.number] = pinfo.number
        calls.command_of[pinfo.number] = { number = command.number, time = pinfo.rel_ts - command.time }
    end
end

local function show_match(pinfo, kind, opcode, tree)
    if not pinfo.visited then match_response(pinfo, kind, opcode) end
    local response, command = calls.response_of[pinfo.number], calls.command_of[pinfo.number]
    if response then tree:add(P.response_in, response):set_generated() end
    if command then
        local seconds = math.floor(command.time)
        tree:add(P.response_to, command.number):set_generated()
        local time = NSTime.new(seconds, math.floor((command.time - seconds) * 1e9 + 0.5))
        tree:add(P.response_time, time):set_generated()
    end
end

local function summary(short, kind, seen, ending)
    local words = { short, kind }
    if seen.conn_handle then table.insert(words, string.format("conn=0x%04x", seen.conn_handle)) end
    if seen.handle then table.insert(words, string.format("handle=0x%04x", seen.handle)) end
    table.insert(words, ending)
    return table.concat(words, " ")
end

local function show_gatts(dialect, kind, opcode, c, tree)
    local packet = dialect.packets[kind][opcode]
    if not packet then
        local what = kind == "event" and "event id" or "opcode"
        local reason = string.format("%s 0x%02x is no GATTS %s of %s", what, opcode, kind, dialect.name)
        tree:add_proto_expert_info(E.malformed, first_line("", 0, reason))
        return string.format("%s 0x%02x %s [unknown]", what, opcode, kind)
    end
    tree:add(P.name, packet.name):set_generated()
    local scope = try_fields(packet.layout, c, tree)
    if not scope then return summary(packet.short, kind, c.seen, "[malformed]") end
    local result = scope.result and show_result(dialect, packet.short, scope.result, tree)
    return summary(packet.short, kind, c.seen, result)
end

local function show_other_group(dialect, kind, opcode, group, c, tree, pinfo)
    if group ~= "unknown" then pinfo.cols.protocol = group:upper() end
    local name = kind == "event" and dialect.event_names[opcode] or nil
    local rest = c.size - c.pos
    if name then tree:add(P.name, name):set_generated() end
    if rest > 0 then tree:add(P.opaque, c:range(c.pos, rest)) end
    local text = name or string.format("%s %s 0x%02x", group, kind, opcode)
    if kind == "response" and rest >= 4 then
        text = text .. " " .. show_result(dialect, "", c:range(c.pos, 4):le_uint(), tree)
    end
    return text
end

local function show_body(dialect, kind, c, pinfo, tree)
    local width = kind == "event" and 2 or 1
    if c.size < width then
        local reason = "too short for its " .. (kind == "event" and "event id" or "opcode")
        tree:add_proto_expert_info(E.malformed, first_line("", 0, reason))
        return kind .. " [truncated]"
    end
    local range = take(c, width, "")
    local opcode = range:le_uint()
    tree:add_le(kind == "event" and P.event_id or P.opcode, range)
    local group = find_group(dialect, kind, opcode)
    tree:add(P.group, group):set_generated()
    if kind ~= "event" then show_match(pinfo, kind, opcode, tree) end
    if group == "gatts" then return show_gatts(dialect, kind, opcode, c, tree) end
    if group == "unknown" then
        tree:add_proto_expert_info(E.unknown, string.format("%s has no %s 0x%02x", dialect.name, kind, opcode))
    end
    return show_other_group(dialect, kind, opcode, group, c, tree, pinfo)
end

local function other_kind(dialect, packet_type)
    if packet_type == 5 and dialect.generic_command then return "generic_command" end
    return OTHER_KINDS[packet_type] or "unknown"
end

local function check_direction(pinfo, packet_type, item)
    local from_host = packet_type == 0 or packet_type == 3 or packet_type == 5
    local expected = from_host and SENT or RECEIVED
    if packet_type <= 5 and pinfo.p2p_dir ~= UNKNOWN and pinfo.p2p_dir ~= expected then
        item:add_proto_expert_info(E.direction, from_host and "a chip sends no commands: are the two lines swapped?"
            or "a host sends no responses or events: are the two lines swapped?")
    end
end

function gatts.dissector(tvb, pinfo, parent)
    local dialect = D[gatts.prefs.dialect]
    local tree = parent:add(gatts, tvb())
    pinfo.cols.protocol = "GATTS"
    tree:add(P.dialect, dialect.name):set_generated()
    if tvb:len() == 0 then
        tree:add_proto_expert_info(E.malformed, first_line("", 0, "an empty payload has no packet type"))
        return 0
    end
    local packet_type = tvb(0, 1):uint()
    local item = tree:add(P.packet_type, tvb(0, 1))
    check_direction(pinfo, packet_type, item)
    if tvb:len() > dialect.max_payload then
        local text = "%d bytes; %s takes packets of %d at most"
        tree:add_proto_expert_info(E.too_long, text:format(tvb:len(), dialect.firmware, dialect.max_payload))
    end
    local kind = KINDS[packet_type] or other_kind(dialect, packet_type)
    tree:add(P.kind, kind):set_generated()
    local text = kind
    if KINDS[packet_type] then
        text = show_body(dialect, kind, cursor(tvb, 1, tvb:len() - 1, tree), pinfo, tree)
    elseif tvb:len() > 1 then
        tree:add(P.opaque, tvb(1))
    end
    tree:append_text(": " .. text)
    pinfo.cols.info = text
    return tvb:len()
end

function gatts.init() calls = { waiting = {}, response_of = {}, command_of = {} } end

gatts.prefs.dialect = Pref.enum("Dialect", @default_dialect, "Version of the protocol that host and chip speak",
    @dialect_choices, false)
gatts.fields = {}
for _, fields in ipairs({ P, F }) do
    for _, field in pairs(fields) do table.insert(gatts.fields, field) end
end
gatts.experts = { E.malformed, E.strict, E.failed, E.too_long, E.unknown, E.direction }

-- H5 -----------------------------------------------------------------------------------------------------------------

local VENDOR, LINK, ACK, RESET = 14, 15, 0, 5
local TYPES = @h5_types
local LINK_NAMES = @link_names
local DEFAULT_CONFIG = 0x11

local H = {
    seq = ProtoField.uint8("nrfh5.seq", "Sequence number", base.DEC, nil, 0x07),
    ack = ProtoField.uint8("nrfh5.ack", "Acknowledgement number", base.DEC, nil, 0x38),
    crc_present = ProtoField.bool("nrfh5.crc_present", "CRC present", 8, nil, 0x40),
    reliable = ProtoField.bool("nrfh5.reliable", "Reliable", 8, nil, 0x80),
    type = ProtoField.uint8("nrfh5.type", "Packet type", base.DEC, TYPES, 0x0f),
    length = ProtoField.uint16("nrfh5.length", "Payload length", base.DEC, nil, 0xfff0),
    checksum = ProtoField.uint8("nrfh5.checksum", "Header checksum", base.HEX),
    link = ProtoField.string("nrfh5.link", "Link control"),
    config = ProtoField.uint8("nrfh5.config", "Configuration field", base.HEX),
    payload = ProtoField.bytes("nrfh5.payload", "Payload"),
    crc = ProtoField.uint16("nrfh5.crc", "CRC", base.HEX),
    acks = ProtoField.framenum("nrfh5.acks", "Acknowledges", base.NONE, frametype.ACK),
    copy_of = ProtoField.framenum("nrfh5.copy_of", "Copy of", base.NONE, frametype.RETRANS_PREV),
}
local X = {
    bad = ProtoExpert.new("nrfh5.bad_frame", "Not a frame", expert.group.CHECKSUM, expert.severity.ERROR),
    again = ProtoExpert.new("nrfh5.retransmission", "Retransmission", expert.group.SEQUENCE, expert.severity.NOTE),
    reused = ProtoExpert.new("nrfh5.reused", "Sequence number used twice", expert.group.SEQUENCE, expert.severity.WARN),
    config = ProtoExpert.new("nrfh5.wrong_config", "Unusual configuration", expert.group.PROTOCOL, expert.severity.WARN),
    restart = ProtoExpert.new("nrfh5.restart", "Link-up begins", expert.group.SEQUENCE, expert.severity.CHAT),
}
h5.fields = {}
for _, field in pairs(H) do table.insert(h5.fields, field) end
h5.experts = { X.bad, X.again, X.reused, X.config, X.restart }

local link = {} -- by direction the last reliable packet; by frame number what the first pass found

function h5.init() link = { last = {}, notes = {} } end

local bxor = bit and bit.bxor or bit32 and bit32.bxor or load("return function(a, b) return a ~ b end")()
local CRC = {}
for byte = 0, 255 do
    local crc = byte * 256
    for _ = 1, 8 do
        crc = crc * 2
        if crc > 0xFFFF then crc = bxor(crc - 0x10000, 0x1021) end
    end
    CRC[byte] = crc
end

-- CRC-16/CCITT-FALSE.
local function crc16(text)
    local crc = 0xFFFF
    for at = 1, #text do
        local high = math.floor(crc / 256)
        crc = bxor(crc % 256 * 256, CRC[bxor(high, text:byte(at))])
    end
    return crc
end

-- What is wrong with a frame: code, offset, reason. The first that applies, in the order in which receivers test.
local function fault(tvb)
    local size = tvb:len()
    if size < 4 then
        return "short_frame", size, string.format("a frame has at least 4 bytes, this one %d", size)
    end
    local first, second, third, sum = tvb(0, 1):uint(), tvb(1, 1):uint(), tvb(2, 1):uint(), tvb(3, 1):uint()
    local stop = 4 + math.floor(second / 16) + third * 16
    local announced = stop + (first % 128 >= 64 and 2 or 0)
    if size ~= announced then
        return "length_mismatch", 1, string.format("by its header the frame has %d bytes, there are %d", announced, size)
    end
    local expected = -(first + second + third) % 256
    if sum ~= expected then
        return "header_checksum", 3, string.format("header checksum is %02x, should be %02x", sum, expected)
    end
    if announced > stop then
        local found, computed = tvb(stop, 2):le_uint(), crc16(tvb:raw(0, stop))
        if found ~= computed then
            return "crc", stop, string.format("CRC is 0x%04x, should be 0x%04x", found, computed)
        end
    end
end

local function read_header(tvb)
    local first, second = tvb(0, 1):uint(), tvb(1, 1):uint()
    return {
        seq = first % 8,
        ack = math.floor(first / 8) % 8,
        crc = first % 128 >= 64,
        reliable = first >= 128,
        type = second % 16,
        length = math.floor(second / 16) + tvb(2, 1):uint() * 16,
    }
end

local function show_header(tvb, tree)
    tree:add(H.seq, tvb(0, 1))
    tree:add(H.ack, tvb(0, 1))
    tree:add(H.crc_present, tvb(0, 1))
    tree:add(H.reliable, tvb(0, 1))
    tree:add(H.type, tvb(1, 1))
    tree:add_le(H.length, tvb(1, 2))
    tree:add(H.checksum, tvb(3, 1))
end

local function link_name(payload)
    local name = LINK_NAMES[payload:sub(1, 2)]
    -- CONFIG and CONFIG_RSP carry a configuration field, nothing else carries anything.
    if #payload > 2 and name ~= "CONFIG" and name ~= "CONFIG_RSP" then return nil end
    return name
end

local function show_link(tvb, header, tree)
    local payload = header.length > 0 and tvb:raw(4, header.length) or ""
    local name = link_name(payload) or "unknown link control"
    if #payload == 0 then return name end
    tree:add(H.link, tvb(4, math.min(2, #payload)), name)
    if #payload > 2 then
        local item = tree:add(H.config, tvb(6, 1))
        if tvb(6, 1):uint() ~= DEFAULT_CONFIG then
            item:add_proto_expert_info(X.config, "a chip drops any configuration but 0x11: window 1, CRC, version 0")
        end
    end
    if name == "SYNC" or name == "SYNC_RSP" then link.last = {} end
    return name
end

-- What a reliable packet is to the one before it in its direction, and what an ACK acknowledges.
local function relate(pinfo, header, bytes)
    local way = pinfo.p2p_dir
    if header.type == ACK then
        local sent = link.last[way == SENT and RECEIVED or SENT]
        return sent and (sent.seq + 1) % 8 == header.ack and { acks = sent.number } or {}
    end
    if not header.reliable then return {} end
    local before = link.last[way]
    link.last[way] = { seq = header.seq, bytes = bytes, number = pinfo.number }
    if not before or before.seq ~= header.seq then return {} end
    if before.bytes ~= bytes then return { reused = before.number } end
    link.last[way].number = before.number
    return { copy_of = before.number }
end

local function show_relations(pinfo, header, tvb, tree)
    if not pinfo.visited then
        link.notes[pinfo.number] = relate(pinfo, header, header.length > 0 and tvb:raw(4, header.length) or "")
    end
    local notes = link.notes[pinfo.number] or {}
    if notes.acks then tree:add(H.acks, notes.acks):set_generated() end
    if notes.copy_of then
        local item = tree:add(H.copy_of, notes.copy_of):set_generated()
        item:add_proto_expert_info(X.again, "retransmission of frame " .. notes.copy_of)
    end
    if notes.reused then
        tree:add_proto_expert_info(X.reused, string.format("sequence number %d is frame %d's, with other bytes: the "
            .. "receiver takes it for a copy and drops it", header.seq, notes.reused))
    end
    return notes
end

local function refuse(tvb, pinfo, tree, code, offset, reason)
    local rest = tvb:len() - offset
    local item = rest > 0 and tree:add(H.payload, tvb(offset, rest)) or tree
    item:add_proto_expert_info(X.bad, string.format("h5 %s at offset %d: %s", code, offset, reason))
    pinfo.cols.info = "bad frame: " .. code
end

local function show_payload(tvb, pinfo, parent, header, tree)
    if header.type == VENDOR then
        local payload = header.length > 0 and tvb(4, header.length):tvb() or ByteArray.new():tvb("empty payload")
        Dissector.get("gatts"):call(payload, pinfo, parent)
    elseif header.type == LINK then
        pinfo.cols.info = show_link(tvb, header, tree)
    elseif header.type == ACK then
        pinfo.cols.info = "ACK " .. header.ack
    else
        pinfo.cols.info = TYPES[header.type] or "UNKNOWN_" .. header.type
        if header.length > 0 then tree:add(H.payload, tvb(4, header.length)) end
        if header.type == RESET then link.last = {} end
    end
end

function h5.dissector(tvb, pinfo, parent)
    pinfo.cols.protocol = "H5"
    if pinfo.p2p_dir == SENT then pinfo.cols.src, pinfo.cols.dst = "host", "chip" end
    if pinfo.p2p_dir == RECEIVED then pinfo.cols.src, pinfo.cols.dst = "chip", "host" end
    local tree = parent:add(h5, tvb())
    local code, offset, reason = fault(tvb)
    if tvb:len() >= 4 then show_header(tvb, tree) end
    if code then
        refuse(tvb, pinfo, tree, code, offset, reason)
        return tvb:len()
    end
    local header = read_header(tvb)
    local notes = show_relations(pinfo, header, tvb, tree)
    if header.crc then tree:add_le(H.crc, tvb(4 + header.length, 2)) end
    tree:set_len(4)
    show_payload(tvb, pinfo, parent, header, tree)
    tree:append_text(", " .. (TYPES[header.type] or "UNKNOWN_" .. header.type))
    if notes.copy_of then pinfo.cols.info:append(" [retransmission]") end
    if notes.reused then pinfo.cols.info:append(" [sequence number reused]") end
    return tvb:len()
end

DissectorTable.get("wtap_encap"):add((wtap_encaps or wtap).USER0, h5) -- older versions call the table wtap
