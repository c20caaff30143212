package metrics

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// process writes what says how the program itself does, under the names that dashboards expect.
func (m *Metrics) process(b *bytes.Buffer) {
	head(b, "gauge", "tallyfy_admin_build_info", "What runs: the value is always 1.")
	line(b, "tallyfy_admin_build_info", `version="`+escape.Replace(m.version)+`",goversion="`+escape.Replace(m.goVersion)+`"`, 1)
	gauge(b, "process_start_time_seconds", "When the program started, in Unix time.", float64(m.began.UnixMilli())/1000)
	gauge(b, "go_goroutines", "Goroutines now.", float64(runtime.NumGoroutine()))
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	gauge(b, "go_memstats_heap_inuse_bytes", "Heap memory in use.", float64(mem.HeapInuse))
	head(b, "counter", "go_memstats_mallocs_total", "Allocations since the start.")
	line(b, "go_memstats_mallocs_total", "", float64(mem.Mallocs))
	if resident, ok := residentBytes(); ok {
		gauge(b, "process_resident_memory_bytes", "Memory of the process.", resident)
	}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		gauge(b, "process_open_fds", "Open files and connections.", float64(len(files)-1)) // less the folder itself
	}
}

// residentBytes is known on Linux only.
func residentBytes() (float64, bool) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, false
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseFloat(fields[1], 64)
	return pages * float64(os.Getpagesize()), err == nil
}
