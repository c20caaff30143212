package sandbox

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

// shape is the geometric figure of a logo.
type shape int

const (
	noLogo shape = iota
	rings
	chevrons
	grid
	bars
	diamond
	disc
	shapes // the number of shapes, noLogo included
)

var shapeNames = [shapes]string{"", "rings", "chevrons", "grid", "bars", "diamond", "disc"}

// A mark describes a logo. Each request draws the same picture from it.
type mark struct {
	shape  shape
	colour uint32 // of the square, 0xRRGGBB; the figure is drawn on it in a light tint
}

// logoSize is the edge of a logo in pixels.
const logoSize = 128

func (m mark) filename() string { return fmt.Sprintf("%s-%06x.png", shapeNames[m.shape], m.colour) }

// png draws the mark. Each pixel is sampled on a small raster so that slanted and round edges are
// smooth.
func (m mark) png() []byte {
	const samples = 3
	palette := m.palette(samples * samples)
	img := image.NewPaletted(image.Rect(0, 0, logoSize, logoSize), palette)
	for y := range logoSize {
		for x := range logoSize {
			hits := 0
			for s := range samples * samples {
				u := (float64(x) + (float64(s%samples)+0.5)/samples) / logoSize
				v := (float64(y) + (float64(s/samples)+0.5)/samples) / logoSize
				if m.shape.covers(u*2-1, v*2-1) {
					hits++
				}
			}
			img.SetColorIndex(x, y, uint8(hits))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(fmt.Errorf("sandbox: drawing a logo: %w", err)) // a buffer does not fail
	}
	return b.Bytes()
}

// palette goes from the square's colour to the figure's in steps.
func (m mark) palette(steps int) color.Palette {
	part := func(shift uint, step int) uint8 {
		from := float64(uint8(m.colour >> shift))
		to := from + (255-from)*0.88
		return uint8(from + (to-from)*float64(step)/float64(steps))
	}
	p := make(color.Palette, steps+1)
	for i := range p {
		p[i] = color.RGBA{R: part(16, i), G: part(8, i), B: part(0, i), A: 255}
	}
	return p
}

// covers reports whether the figure covers a point. Both coordinates go from -1 to 1.
func (s shape) covers(x, y float64) bool {
	r := math.Hypot(x, y)
	switch s {
	case rings:
		left, right := math.Hypot(x+0.24, y), math.Hypot(x-0.24, y)
		return left > 0.3 && left < 0.44 || right > 0.3 && right < 0.44
	case chevrons:
		d := math.Abs(y) + x
		return math.Abs(y) < 0.46 && (d > -0.14 && d < 0.14 || d > 0.3 && d < 0.58)
	case grid:
		cell := func(c float64) bool { f := math.Mod(math.Abs(c)+0.2, 0.4); return f > 0.06 && f < 0.34 }
		return math.Max(math.Abs(x), math.Abs(y)) < 0.6 && cell(x) && cell(y)
	case bars:
		for i, top := range []float64{0.15, -0.2, -0.52} {
			centre := float64(i-1) * 0.38
			if math.Abs(x-centre) < 0.13 && y > top && y < 0.54 {
				return true
			}
		}
		return false
	case diamond:
		d := math.Abs(x) + math.Abs(y)
		return d < 0.66 && d > 0.42 || d < 0.22
	case disc:
		return r < 0.56 && (x-y) > -0.08 || r > 0.42 && r < 0.56
	default:
		return false
	}
}
