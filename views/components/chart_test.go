package components

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func chartOf(values ...int) ChartProps {
	p := ChartProps{Title: "Things"}
	for i, v := range values {
		p.Figures = append(p.Figures, Figure{Label: string(rune('a' + i)), Value: v, Number: strings.Repeat("1", v), URL: "/x"})
	}
	return p
}

func TestBarsAreAsLongAsTheirFigures(t *testing.T) {
	for name, test := range map[string]struct {
		got  []bar
		want []bar
	}{
		"bars":            {chartOf(1, 0, 4).bars(), []bar{{"0", "25.0", "25.0", "50"}, {"0", "125.0", "0.0", "50"}, {"0", "225.0", "100.0", "50"}}},
		"columns":         {chartOf(2, 1).columns(), []bar{{"20.0", "0.0", "60", "100.0"}, {"120.0", "50.0", "60", "50.0"}}},
		"shares":          {chartOf(1, 3).shares(), []bar{{"0.0", "0", "24.5", "100"}, {"25.0", "0", "74.5", "100"}}},
		"nothing at all":  {chartOf(0).shares(), []bar{{"0.0", "0", "0.0", "100"}}},
		"nothing is long": {chartOf(0).bars(), []bar{{"0", "25.0", "0.0", "50"}}},
		"hardly anything": {chartOf(1, 1000).bars()[:1], []bar{{"0", "25.0", "1.5", "50"}}},
	} {
		assert.Equal(t, test.want, test.got, name)
	}
}

// A chart says in words all that it draws, and draws without a style of its own: the security policy forbids those.
func TestAChartIsReadable(t *testing.T) {
	for name, chart := range map[string]func(*strings.Builder) error{
		"bars":    func(b *strings.Builder) error { return Bars(chartOf(1, 2)).Render(t.Context(), b) },
		"columns": func(b *strings.Builder) error { return Columns(chartOf(1, 2)).Render(t.Context(), b) },
		"shares":  func(b *strings.Builder) error { return Shares(chartOf(1, 2)).Render(t.Context(), b) },
	} {
		var b strings.Builder
		require.NoError(t, chart(&b))
		assert.Contains(t, b.String(), `role="img"><title>Things: a 1, b 11</title>`, name)
		assert.Equal(t, 2, strings.Count(b.String(), "<rect"), name)
		assert.NotContains(t, b.String(), "style", name)
		assert.NotContains(t, b.String(), "script", name)
	}
}

func TestPercentOfTheMost(t *testing.T) {
	for _, c := range []struct {
		value, most int
		want        string
	}{{0, 60, "0%"}, {1, 5000, "1%"}, {30, 60, "50%"}, {60, 60, "100%"}, {61, 60, "100%"}, {0, 0, "0%"}, {3, 0, "0%"}} {
		assert.Equal(t, c.want, percent(c.value, c.most), "%d of %d", c.value, c.most)
	}
}
