package logo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
)

// formats are the raster formats that every browser shows. AVIF and ICO are left out: the API
// accepts neither, and the size of an AVIF lies deep in its boxes. SVG is a document with scripts,
// not a picture.
var formats = []struct {
	contentType string
	is          func(data []byte) bool
	size        func(data []byte) (width, height int64, err error)
}{
	{"image/png", begins("\x89PNG\r\n\x1a\n"), decoded(png.DecodeConfig)},
	{"image/jpeg", begins("\xff\xd8\xff"), decoded(jpeg.DecodeConfig)},
	{"image/gif", func(b []byte) bool { return begins("GIF87a")(b) || begins("GIF89a")(b) }, decoded(gif.DecodeConfig)},
	{"image/webp", func(b []byte) bool { return len(b) >= 12 && begins("RIFF")(b) && begins("WEBP")(b[8:]) }, webpSize},
	{"image/bmp", begins("BM"), bmpSize},
}

var (
	errFormat = errors.New("not a raster image that browsers show")
	errHeader = errors.New("the image's header is broken")
)

// sniff returns the type, by the content alone. It refuses images without pixels and with more than
// maxPixels.
func sniff(data []byte, maxPixels int64) (contentType string, err error) {
	for _, format := range formats {
		if !format.is(data) {
			continue
		}
		width, height, err := format.size(data)
		switch {
		case err != nil:
			return "", fmt.Errorf("%s: %w", format.contentType, err)
		case width <= 0 || height <= 0:
			return "", fmt.Errorf("%s: no pixels", format.contentType)
		case width*height > maxPixels: // no format has a side above 2³¹, so the product fits
			return "", fmt.Errorf("%s: %d x %d pixels, more than %d", format.contentType, width, height, maxPixels)
		}
		return format.contentType, nil
	}
	return "", errFormat
}

func begins(magic string) func([]byte) bool {
	return func(b []byte) bool { return bytes.HasPrefix(b, []byte(magic)) }
}

// decoded reads the header with a decoder of the standard library. The decoder's error may quote
// foreign bytes and is dropped.
func decoded(config func(io.Reader) (image.Config, error)) func([]byte) (int64, int64, error) {
	return func(b []byte) (int64, int64, error) {
		c, err := config(bytes.NewReader(b))
		if err != nil {
			return 0, 0, errHeader
		}
		return int64(c.Width), int64(c.Height), nil
	}
}
