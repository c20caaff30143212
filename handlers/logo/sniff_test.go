package logo

import (
	"bytes"
	"hash/crc32"
	"image"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func le(n int, values ...int) []byte {
	var b []byte
	for _, v := range values {
		for i := range n {
			b = append(b, byte(v>>(8*i)))
		}
	}
	return b
}

func webp(chunk string, body []byte) []byte {
	return slices.Concat([]byte("RIFF"), le(4, 12+len(body)), []byte("WEBP"+chunk), le(4, len(body)), body)
}

func vp8x(width, height int) []byte {
	return webp("VP8X", slices.Concat([]byte{0, 0, 0, 0}, le(3, width-1, height-1)))
}

func vp8l(width, height int) []byte {
	return webp("VP8L", slices.Concat([]byte{0x2f}, le(4, (width-1)|(height-1)<<14), make([]byte, 5)))
}

func vp8(width, height int) []byte {
	return webp("VP8 ", slices.Concat([]byte{0x10, 0, 0, 0x9d, 0x01, 0x2a}, le(2, width, height)))
}

// bmp has the header of the given length and four bytes of pixels.
func bmp(header, width, height int) []byte {
	b := slices.Concat([]byte("BM"), le(4, 14+header+4, 0, 14+header), le(4, header))
	if header == 12 {
		b = slices.Concat(b, le(2, width, height, 1, 24))
	} else {
		b = slices.Concat(b, le(4, width, height), le(2, 1, 24))
	}
	return slices.Concat(b, make([]byte, 14+header-len(b)), make([]byte, 4))
}

// pngHeader states a size without having the pixels: a bomb's first 33 bytes.
func pngHeader(t testing.TB, width, height int) []byte {
	b := encoded(t, "png", 1, 1)[:33]
	copy(b[16:], []byte{byte(width >> 24), byte(width >> 16), byte(width >> 8), byte(width), byte(height >> 24), byte(height >> 16), byte(height >> 8), byte(height)})
	crc := crc32.ChecksumIEEE(b[12:29])
	copy(b[29:], []byte{byte(crc >> 24), byte(crc >> 16), byte(crc >> 8), byte(crc)})
	return b
}

func gifHeader(width, height int) []byte {
	return slices.Concat([]byte("GIF89a"), le(2, width, height), []byte{0, 0, 0, ';'})
}

func pictures(t testing.TB, width, height int) map[string][]byte {
	return map[string][]byte{
		"png":         encoded(t, "png", width, height),
		"jpeg":        encoded(t, "jpeg", width, height),
		"gif":         encoded(t, "gif", width, height),
		"gif 87":      append([]byte("GIF87a"), encoded(t, "gif", width, height)[6:]...),
		"webp":        vp8(width, height),
		"webp scaled": vp8(width|1<<14, height|2<<14),
		"webp VP8L":   vp8l(width, height),
		"webp VP8X":   vp8x(width, height),
		"bmp":         bmp(40, width, height),
		"bmp core":    bmp(12, width, height),
		"bmp V5":      bmp(124, width, height),
		"bmp upside":  bmp(40, width, -height),
	}
}

func TestSniff(t *testing.T) {
	const width, height = 40, 25
	for name, data := range pictures(t, width, height) {
		want := "image/" + strings.Fields(name)[0]
		got, err := sniff(data, width*height)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
		assert.Equal(t, want, http.DetectContentType(data), "%s: the test's own picture is as browsers see it", name)

		_, err = sniff(data, width*height-1)
		assert.ErrorContains(t, err, "40 x 25 pixels, more than 999", name)
		_, err = sniff(data[:11], width*height)
		assert.Error(t, err, "%s cut short", name)
	}
}

func TestSniffRefuses(t *testing.T) {
	picture := encoded(t, "png", 1, 1)
	odd := func(data []byte, at int, values ...byte) []byte {
		copy(data[at:], values)
		return data
	}
	for name, data := range map[string][]byte{
		"nothing":             nil,
		"svg":                 []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"svg with prolog":     []byte(`<?xml version="1.0"?><svg/>`),
		"html":                []byte("<!doctype html><script>alert(1)</script>"),
		"json":                []byte(`{"data":{}}`),
		"pdf":                 []byte("%PDF-1.7\n"),
		"photoshop":           []byte("8BPS\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x01\x00\x00\x00\x01\x00\x08\x00\x03"),
		"illustrator":         []byte("%!PS-Adobe-3.0"),
		"tiff":                []byte("II*\x00\x08\x00\x00\x00"),
		"tiff, big":           []byte("MM\x00*\x00\x00\x00\x08"),
		"icon":                []byte("\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01\x00\x20\x00"),
		"avif":                []byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf"),
		"gzip":                []byte("\x1f\x8b\x08"),
		"html before a png":   append([]byte("<script>"), picture...),
		"space before a png":  append([]byte(" "), picture...),
		"bom before a png":    append([]byte("\xef\xbb\xbf"), picture...),
		"png magic alone":     picture[:8],
		"png, broken header":  odd(encoded(t, "png", 1, 1), 20, 0xff),
		"png of no width":     pngHeader(t, 0, 1),
		"jpeg magic alone":    []byte("\xff\xd8\xff\xe0"),
		"gif in name only":    []byte("GIF89"),
		"gif of no size":      gifHeader(0, 0),
		"gif as a script":     []byte("GIF90a=1;alert(1)"),
		"riff of sound":       []byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x44\xac\x00\x00"),
		"webp, unknown chunk": webp("ALPH", make([]byte, 10)),
		"webp, cut":           vp8x(1, 1)[:29],
		"webp VP8, no key":    odd(vp8(1, 1), 20, 0x11),
		"webp VP8, no code":   odd(vp8(1, 1), 23, 0x9c),
		"webp VP8 of no size": vp8(0, 1),
		"webp VP8L, unsigned": odd(vp8l(1, 1), 20, 0x2e),
		"BM, a text":          []byte("BMW is a maker of cars and motorcycles, based in Munich, Bavaria"),
		"bmp, odd header":     odd(bmp(40, 1, 1), 14, 41),
		"bmp, two planes":     odd(bmp(40, 1, 1), 26, 2),
		"bmp, odd depth":      odd(bmp(40, 1, 1), 28, 7),
		"bmp, no pixels":      bmp(40, 1, 1)[:54],
		"bmp, pixels inside":  odd(bmp(40, 1, 1), 10, 53),
		"bmp, negative width": bmp(40, -1, 1),
		"bmp of no height":    bmp(40, 1, 0),
		"bmp core, planes":    odd(bmp(12, 1, 1), 22, 0),
	} {
		contentType, err := sniff(data, 1<<40)
		assert.Error(t, err, name)
		assert.Empty(t, contentType, name)
	}
}

// A few bytes that unfold into gigabytes.
func TestBombs(t *testing.T) {
	for name, data := range map[string][]byte{
		"png":       pngHeader(t, 1<<16, 1<<16),
		"png, most": pngHeader(t, 1<<31-1, 1),
		"gif":       gifHeader(65535, 65535),
		"webp":      vp8(16383, 16383),
		"webp VP8L": vp8l(16384, 16384),
		"webp VP8X": vp8x(1<<24, 1<<24),
		"bmp":       bmp(40, 1<<31-1, 1<<31-1),
		"bmp up":    bmp(40, 1<<31-1, -1<<31),
		"bmp core":  bmp(12, 65535, 65535),
	} {
		_, err := sniff(data, 16_000_000)
		assert.ErrorContains(t, err, "more than 16000000", name)

		client, u := newAPI(t, send(data))
		img, err := New(Options{}).Fetch(t.Context(), client, u)
		requireNone(t, img, err, "pixels")
	}
}

func FuzzSniff(f *testing.F) {
	for _, data := range pictures(f, 2, 3) {
		f.Add(data)
	}
	for _, data := range [][]byte{nil, gifHeader(1, 1), pngHeader(f, 1<<16, 1<<16), []byte("<svg/>"), bmp(40, -1, -1<<31), []byte("\x00\x00\x00\x1cftypavif")} {
		f.Add(data)
	}
	const most = 10_000
	f.Fuzz(func(t *testing.T, data []byte) {
		contentType, err := sniff(data, most)
		if err != nil {
			require.Empty(t, contentType)
			return
		}
		// What we say it is, browsers see in it too: nobody takes it for a document.
		require.Equal(t, http.DetectContentType(data), contentType)
		if slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, contentType) {
			config, _, err := image.DecodeConfig(bytes.NewReader(data))
			require.NoError(t, err)
			require.LessOrEqual(t, config.Width*config.Height, most)
		}
	})
}
