package config

import (
	"bytes"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// MemoryLimit is what the control group of this process allows it, in bytes; 0 without a limit. It is
// the least of the group's own limit and those above it. root is the file system of the machine. Only
// version 2 of control groups is known, which every system with a kernel of these years has.
func MemoryLimit(root fs.FS) (limit int64) {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0 // another system than Linux
	}
	for line := range bytes.Lines(groups) {
		group, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "0::/")
		if !ok {
			continue
		}
		for ; ; group = path.Dir(group) { // a container sees itself as the root
			text, err := fs.ReadFile(root, path.Join("sys/fs/cgroup", group, "memory.max"))
			most, parseErr := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
			if err == nil && parseErr == nil && (limit == 0 || most < limit) { // "max" is no number
				limit = most
			}
			if group == "" || group == "." {
				return limit
			}
		}
	}
	return 0
}
