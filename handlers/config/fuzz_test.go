package config_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/config"
)

// FuzzParse looks for a password in what is said of a mistake. The address that holds it stands in
// the place of each setting in turn, for people put values in the wrong place; the fuzzer bends it
// and what stands beside it.
func FuzzParse(f *testing.F) {
	const password = "73519482" // of digits alone: the one form that could also be a port or a number
	table := config.Settings()
	for i := range table {
		for _, address := range []string{
			"postgres://user:" + password + "@db.example/x", "postgres://user:" + password + "%@h/d", "https://user:" + password + "@h/", "https://user:" + password,
			"host=db password=" + password, "mysql://user:" + password + "@h/d?", "user:" + password + "@h", "sqlite://u:" + password + "@/", "file:a?key=" + password,
		} {
			f.Add(i, address, "serve", "")
			f.Add(i, address, "--addr", "10.0.0.0/8,")
		}
	}
	f.Add(0, "", "--"+password, "\x00")
	f.Fuzz(func(t *testing.T, at int, address, argument, other string) {
		setting := table[uint(at)%uint(len(table))]
		next := table[(uint(at)+1)%uint(len(table))]
		given := map[string]string{setting.Variable: address, next.Variable: other}
		lookup := func(name string) (string, bool) { text, ok := given[name]; return text, ok }
		for _, args := range [][]string{
			{argument}, {"--" + setting.Flag, address, argument}, {argument, "--" + setting.Flag + "=" + address}, {address}, {"--unknown", address},
		} {
			cfg, err := config.Parse(args, lookup)
			if errors.Is(err, config.ErrHelp) {
				continue
			}
			if err == nil {
				require.Contains(t, []string{config.CommandServe, config.CommandHealthcheck, config.CommandVersion}, cfg.Command)
				require.NotNil(t, cfg.PublicURL)
				require.NotEmpty(t, cfg.DatabaseURL)
				shown := fmt.Sprintf("%v %+v %#v", cfg.DatabaseURL, cfg.DatabaseURL, cfg.DatabaseURL)
				require.NotContains(t, shown, password)
				for _, prefix := range cfg.TrustedProxies {
					require.NotEqual(t, netip.Prefix{}, prefix)
				}
				continue
			}
			require.Empty(t, cfg)
			// A lone number or name without these marks is no address with a password, and is worth
			// repeating.
			marked := strings.ContainsAny(address, "@=") || strings.Contains(address, "://")
			if marked && !strings.Contains(argument+other, password) {
				require.NotContains(t, err.Error(), password)
			}
		}
	})
}
