package config_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"

	"tallyfy-admin/handlers/config"
)

func TestMemoryLimitIsTheLeastOfTheControlGroups(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"a container":                 {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "268435456\n"}, 256 << 20},
		"without a limit":             {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, 0},
		"a service":                   {map[string]string{"proc/self/cgroup": "0::/system.slice/t.service\n", "sys/fs/cgroup/system.slice/t.service/memory.max": "1000\n", "sys/fs/cgroup/system.slice/memory.max": "max\n"}, 1000},
		"the group above allows less": {map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "500\n"}, 500},
		"version 1":                   {map[string]string{"proc/self/cgroup": "4:memory:/x\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000\n"}, 0},
		"both versions":               {map[string]string{"proc/self/cgroup": "1:name=systemd:/x\n0::/x\n", "sys/fs/cgroup/x/memory.max": "7\n"}, 7},
		"outside its own view":        {map[string]string{"proc/self/cgroup": "0::/../../x\n", "sys/fs/cgroup/memory.max": "7\n"}, 7},
		"another system":              {nil, 0},
		"a file that is garbage":      {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "lots\n"}, 0},
	} {
		root := fstest.MapFS{}
		for path, text := range test.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		assert.Equal(t, test.want, config.MemoryLimit(root), name)
	}
}
