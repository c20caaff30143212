package components

import (
	"strconv"
	"strings"
)

// A Figure is a number that leads to what it counts. Without a URL it leads nowhere.
type Figure struct {
	// Label stands beside a bar: "2 to 5 people".
	Label string
	Value int
	// Number is the value as it is written: "1,200".
	Number string
	// What stands after the number: "groups with 2 to 5 people".
	What string
	URL  string
}

// ChartProps describes a chart. Title says what it shows. Its numbers always stand beside it as text.
type ChartProps struct {
	Title   string
	Figures []Figure
}

// describe is the whole chart in words.
func (p ChartProps) describe() string {
	list := make([]string, len(p.Figures))
	for i, f := range p.Figures {
		list[i] = f.Label + " " + f.Number
	}
	return p.Title + ": " + strings.Join(list, ", ")
}

// A bar is a rectangle in a drawing where a figure has a hundred units of room.
type bar struct{ x, y, width, height string }

// units writes a length to a tenth.
func units(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

func (p ChartProps) largest() float64 {
	most := 1
	for _, f := range p.Figures {
		most = max(most, f.Value)
	}
	return float64(most)
}

// length is a figure's part of a hundred. What is not nothing can be seen.
func length(value int, whole float64) float64 {
	if value <= 0 {
		return 0
	}
	return max(1.5, float64(value)/whole*100)
}

// bars lie below each other.
func (p ChartProps) bars() []bar {
	list := make([]bar, len(p.Figures))
	for i, f := range p.Figures {
		list[i] = bar{"0", units(float64(i*100 + 25)), units(length(f.Value, p.largest())), "50"}
	}
	return list
}

// columns stand beside each other.
func (p ChartProps) columns() []bar {
	list := make([]bar, len(p.Figures))
	for i, f := range p.Figures {
		high := length(f.Value, p.largest())
		list[i] = bar{units(float64(i*100 + 20)), units(100 - high), "60", units(high)}
	}
	return list
}

// shares follow each other on one line, a little apart.
func (p ChartProps) shares() []bar {
	sum := 0
	for _, f := range p.Figures {
		sum += f.Value
	}
	list := make([]bar, len(p.Figures))
	from := 0.0
	for i, f := range p.Figures {
		part := 0.0
		if sum > 0 {
			part = float64(f.Value) / float64(sum) * 100
		}
		list[i] = bar{units(from), "0", units(max(0, part-0.5)), "100"}
		from += part
	}
	return list
}

// room is the drawing's size: as wide and high as so many figures.
func room(across, down int) string {
	return "0 0 " + strconv.Itoa(across*100) + " " + strconv.Itoa(down*100)
}

// percent is how much a number is of the most there are. What is not nothing can be seen.
func percent(value, most int) string {
	if value <= 0 || most <= 0 {
		return "0%"
	}
	return strconv.Itoa(max(1, min(100, value*100/most))) + "%"
}
