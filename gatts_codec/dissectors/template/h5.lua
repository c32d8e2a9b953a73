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
    if tvb:raw() == "\xDD" then
        tree:append_text(", no packet: it frees a chip whose SLIP decoder waits behind a lone DB")
        pinfo.cols.info = "release"
        return 1
    end
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
