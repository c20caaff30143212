package metrics

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// family is a metric with all its series: one for each combination of label values.
type family struct {
	name, help, kind string
	labels           []string
	buckets          []float64 // of a histogram, in seconds

	mu     sync.Mutex
	series map[string]*series
}

type series struct {
	labels  string // `{route="/groups",…}`, without the braces
	value   float64
	sum     float64
	buckets []uint64 // not cumulative; the last one is for everything above
}

// maxSeries bounds a family whatever happens to its labels; more are dropped.
const maxSeries = 2000

func newFamily(kind, name, help string, labels ...string) *family {
	return &family{name: name, help: help, kind: kind, labels: labels, series: map[string]*series{}}
}

func counter(name, help string, labels ...string) *family {
	return newFamily("counter", name, help, labels...)
}

// durations are from a page out of memory to the longest that a page may take.
var durations = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25}

func histogram(name, help string, labels ...string) *family {
	f := newFamily("histogram", name, help, labels...)
	f.buckets = durations
	return f
}

// at gives the series of the label values, with the lock held. It is nil when there are too many.
func (f *family) at(values []string) *series {
	key := strings.Join(values, "\xff")
	s, ok := f.series[key]
	if !ok {
		if len(f.series) >= maxSeries {
			return nil
		}
		parts := make([]string, len(values))
		for i, v := range values {
			parts[i] = f.labels[i] + `="` + escape.Replace(strings.ToValidUTF8(v, "?")) + `"`
		}
		s = &series{labels: strings.Join(parts, ","), buckets: make([]uint64, len(f.buckets)+1)}
		f.series[key] = s
	}
	return s
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (f *family) add(n float64, values ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.at(values); s != nil {
		s.value += n
	}
}

func (f *family) observe(d time.Duration, values ...string) {
	seconds := d.Seconds()
	i, _ := slices.BinarySearch(f.buckets, seconds) // a bucket holds its own bound
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.at(values); s != nil {
		s.buckets[i]++
		s.sum += seconds
		s.value++
	}
}

func (f *family) write(b *bytes.Buffer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.series) == 0 {
		return
	}
	head(b, f.kind, f.name, f.help)
	keys := make([]string, 0, len(f.series))
	for k := range f.series {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		s := f.series[k]
		if f.kind != "histogram" {
			line(b, f.name, s.labels, s.value)
			continue
		}
		var below uint64
		for i, n := range s.buckets {
			below += n
			bound := "+Inf"
			if i < len(f.buckets) {
				bound = strconv.FormatFloat(f.buckets[i], 'g', -1, 64)
			}
			line(b, f.name+"_bucket", s.labels+`,le="`+bound+`"`, float64(below))
		}
		line(b, f.name+"_sum", s.labels, s.sum)
		line(b, f.name+"_count", s.labels, s.value)
	}
}

func head(b *bytes.Buffer, kind, name, help string) {
	b.WriteString("# HELP " + name + " " + help + "\n# TYPE " + name + " " + kind + "\n")
}

func line(b *bytes.Buffer, name, labels string, value float64) {
	b.WriteString(name)
	if labels != "" {
		b.WriteString("{" + labels + "}")
	}
	b.WriteString(" " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
}
