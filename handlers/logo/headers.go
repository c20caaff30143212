package logo

import "encoding/binary"

var little = binary.LittleEndian

// webpSize reads the first chunk after the RIFF header (RFC 9649). A VP8X chunk states the canvas;
// any other chunk is the picture itself.
func webpSize(b []byte) (width, height int64, err error) {
	const chunk = 20 // "RIFF" size "WEBP" fourCC size
	if len(b) < chunk+10 {
		return 0, 0, errHeader
	}
	body := b[chunk:]
	switch string(b[12:16]) {
	case "VP8X": // flags, 3 reserved, canvas width and height less 1 in 24 bits each
		return 1 + uint24(body[4:]), 1 + uint24(body[7:]), nil
	case "VP8L": // signature, width and height less 1 in 14 bits each
		if body[0] != 0x2f {
			return 0, 0, errHeader
		}
		bits := little.Uint32(body[1:])
		return 1 + int64(bits&0x3fff), 1 + int64(bits>>14&0x3fff), nil
	case "VP8 ": // frame tag whose lowest bit is 0 in a key frame, start code, width and height in 14 bits, scaling above
		if body[0]&1 != 0 || string(body[3:6]) != "\x9d\x01\x2a" {
			return 0, 0, errHeader
		}
		return int64(little.Uint16(body[6:]) & 0x3fff), int64(little.Uint16(body[8:]) & 0x3fff), nil
	}
	return 0, 0, errHeader
}

func uint24(b []byte) int64 { return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 }

// bmpSize reads the header after the 14 bytes of file header. "BM" alone proves little, so the
// fields with few valid values are checked, too.
func bmpSize(b []byte) (width, height int64, err error) {
	const file, core, info = 14, 12, 40
	if len(b) < file+core {
		return 0, 0, errHeader
	}
	pixels, header := int64(little.Uint32(b[10:])), int64(little.Uint32(b[file:]))
	if pixels < file+header || pixels >= int64(len(b)) {
		return 0, 0, errHeader
	}
	var planes, depth uint16
	switch header {
	case core:
		width, height = int64(little.Uint16(b[18:])), int64(little.Uint16(b[20:]))
		planes, depth = little.Uint16(b[22:]), little.Uint16(b[24:])
	case info, 52, 56, 64, 108, 124: // INFO, V2, V3, OS/2 2, V4, V5
		// pixels lies behind the header and inside the data, so the header does too.
		width, height = int64(int32(little.Uint32(b[18:]))), int64(int32(little.Uint32(b[22:])))
		planes, depth = little.Uint16(b[26:]), little.Uint16(b[28:])
		height = max(height, -height) // negative: rows from the top
	default:
		return 0, 0, errHeader
	}
	switch depth {
	case 1, 4, 8, 16, 24, 32:
	default:
		return 0, 0, errHeader
	}
	if planes != 1 {
		return 0, 0, errHeader
	}
	return width, height, nil
}
