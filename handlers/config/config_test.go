package config_test

import (
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/config"
	"tallyfy-admin/handlers/ratelimit"
)

// environment is a lookupEnv over a map.
type environment map[string]string

func (e environment) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

func parse(t *testing.T, env environment, args ...string) config.Config {
	t.Helper()
	cfg, err := config.Parse(args, env.lookup)
	require.NoError(t, err)
	return cfg
}

func TestDefaults(t *testing.T) {
	cfg := parse(t, nil)
	assert.Equal(t, "http://127.0.0.1:8080", cfg.PublicURL.String())
	cfg.PublicURL = nil
	assert.Equal(t, config.Config{
		Addr:        "127.0.0.1:8080",
		AnyHost:     true,
		APIURL:      "https://go.tallyfy.com/api",
		Pace:        ratelimit.Published,
		DatabaseURL: "tallyfy-admin.db",
		SecretFile:  "tallyfy-admin.db.secret",
		JournalDays: 400,
		HistoryDays: 400,
		TrashDays:   90,
		ReviewDays:  400,
		LogLevel:    slog.LevelInfo,
		LogFormat:   "auto",
		Command:     config.CommandServe,
	}, cfg)
}

func TestEverySettingFromEachSource(t *testing.T) {
	texts := map[string]string{
		"ADDR":            "0.0.0.0:9000",
		"PUBLIC_URL":      "https://Tools.Example.com:443/tools/tallyfy/",
		"API_URL":         "http://127.0.0.1:8081/api/",
		"DATABASE_URL":    "postgres://u:p@db/name?sslmode=disable",
		"SECRET_FILE":     "/run/secrets/key",
		"JOURNAL_DAYS":    "90",
		"TRASH_DAYS":      "30",
		"REVIEW_DAYS":     "60",
		"HISTORY_DAYS":    "800",
		"TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.1",
		"ORGANISATIONS":   "6d0aa48725f2ed12a7dc900ce58a6798, other_1,",
		"OAUTH_CLIENT_ID": "client-7",
		"METRICS_ADDR":    ":9090",
		"SHUTDOWN_DELAY":  "5s",
		"PACE":            "24/10s",
		"SANDBOX_RATE":    "12/5s",
		"LOG_LEVEL":       "WARN",
		"LOG_FORMAT":      "json",
		"SANDBOX":         "1",
		"SANDBOX_GROUPS":  "5000",
		"SANDBOX_MEMBERS": "10000",
		"SANDBOX_LATENCY": "150ms",
		"SANDBOX_LISTEN":  "127.0.0.1:8081",
	}
	env, args := environment{}, []string{"healthcheck"}
	for _, row := range config.Settings() {
		if row.Variable == "OAUTH_AUTHORIZE_URL" || row.Variable == "DATABASE_URL_FILE" { // do not go together with others
			continue
		}
		require.Contains(t, texts, row.Variable)
		env[row.Variable] = texts[row.Variable]
		args = append(args, "--"+row.Flag+"="+texts[row.Variable])
	}
	for name, cfg := range map[string]config.Config{
		"environment": parse(t, env, "healthcheck"),
		"flags":       parse(t, nil, args...),
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, "https://tools.example.com/tools/tallyfy", cfg.PublicURL.String())
			cfg.PublicURL = nil
			assert.Equal(t, config.Config{
				Addr:           "0.0.0.0:9000",
				APIURL:         "http://127.0.0.1:8081/api",
				DatabaseURL:    "postgres://u:p@db/name?sslmode=disable",
				SecretFile:     "/run/secrets/key",
				JournalDays:    90,
				TrashDays:      30,
				ReviewDays:     60,
				HistoryDays:    800,
				TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")},
				Organisations:  []string{"6d0aa48725f2ed12a7dc900ce58a6798", "other_1"},
				OAuthClientID:  "client-7",
				MetricsAddr:    ":9090",
				ShutdownDelay:  5 * time.Second,
				Pace:           ratelimit.Rate{Reads: 24, Per: 10 * time.Second},
				SandboxRate:    ratelimit.Rate{Reads: 12, Per: 5 * time.Second},
				LogLevel:       slog.LevelWarn,
				LogFormat:      "json",
				Sandbox:        true,
				SandboxGroups:  5000,
				SandboxMembers: 10000,
				SandboxLatency: 150 * time.Millisecond,
				SandboxListen:  "127.0.0.1:8081",
				Command:        config.CommandHealthcheck,
			}, cfg)
		})
	}
}

func TestTheDatabaseFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "url")
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write("postgres://u:hunter2@db/name\n")
	cfg := parse(t, environment{"DATABASE_URL_FILE": path, "SECRET_FILE": "key"})
	assert.Equal(t, "postgres://u:hunter2@db/name", string(cfg.DatabaseURL))
	assert.Equal(t, path, cfg.DatabaseFile)
	for name, c := range map[string]struct {
		text string
		env  environment
		want string
	}{
		"two of them":      {"memory:", environment{"DATABASE_URL": "memory:"}, "DATABASE_URL_FILE: given together with DATABASE_URL"},
		"garbage":          {"hunter2=x", nil, "DATABASE_URL_FILE: the file holds neither a file nor a database URL"},
		"nothing":          {"\n", nil, "DATABASE_URL_FILE: the file holds neither"},
		"without a secret": {"postgres://u:hunter2@db/name", nil, "SECRET_FILE"},
		"another scheme":   {"mysql://u:hunter2@db/name", nil, "DATABASE_URL_FILE: the file holds neither"},
	} {
		write(c.text)
		env := environment{"DATABASE_URL_FILE": path}
		maps.Copy(env, c.env)
		_, err := config.Parse(nil, env.lookup)
		require.ErrorContains(t, err, c.want, name)
		assert.NotContains(t, err.Error(), "hunter2", name)
	}
	require.NoError(t, os.Remove(path))
	_, err := config.Parse([]string{"--database-url-file", path}, environment{}.lookup)
	assert.ErrorContains(t, err, "--database-url-file: the file cannot be read: no such file or directory")
}

func TestWarnings(t *testing.T) {
	const open, anybody = "plain http on every interface", "name the organisations that may in ORGANISATIONS"
	for line, want := range map[string][]string{
		"":                           nil,
		"--addr 127.0.0.1:9000":      nil,
		"--addr :8080":               {open},
		"--addr [::]:8080 --sandbox": {open},
		"--addr 0.0.0.0:8080 --public-url http://tools.example.com":                    {open, anybody},
		"--addr :8080 --public-url https://tools.example.com":                          {anybody},
		"--addr :8080 --public-url https://tools.example.com --organisations 6d0aa487": nil,
		"--public-url http://10.1.2.3 --addr 10.1.2.3:80":                              {anybody},
		"--sandbox --public-url https://tools.example.com":                             nil,
	} {
		got := parse(t, nil, strings.Fields(line)...).Warnings()
		require.Len(t, got, len(want), line)
		for i := range want {
			assert.Contains(t, got[i], want[i], line)
		}
	}
}

func TestThePaceIsThatOfTheServiceThatIsAsked(t *testing.T) {
	assert.Zero(t, parse(t, nil, "--sandbox").Pace, "the sandbox has no limit")
	assert.Equal(t, ratelimit.Published, parse(t, nil, "--sandbox", "--sandbox-rate", "12/5s").Pace)
	assert.Zero(t, parse(t, nil, "--pace", "off").Pace)
	assert.Equal(t, ratelimit.Rate{Reads: 5, Per: time.Second}, parse(t, nil, "--sandbox", "--pace", "5/1s").Pace)
}

func TestSigningInWithTallyfy(t *testing.T) {
	cfg := parse(t, environment{"OAUTH_CLIENT_ID": "client-7"})
	assert.Equal(t, "https://account.tallyfy.com/oauth/authorize", cfg.OAuthURL)
	cfg = parse(t, environment{"OAUTH_CLIENT_ID": "client-7", "OAUTH_AUTHORIZE_URL": "https://staging.example/oauth/authorize"})
	assert.Equal(t, "https://staging.example/oauth/authorize", cfg.OAuthURL)
	assert.Empty(t, parse(t, environment{"OAUTH_CLIENT_ID": "client-7", "SANDBOX": "true"}).OAuthURL, "the sandbox answers itself")
	assert.Empty(t, parse(t, nil).OAuthURL)
}

func TestPrecedence(t *testing.T) {
	env := environment{"ADDR": "127.0.0.1:1", "LOG_FORMAT": "", "LOG_LEVEL": " debug\n", "SANDBOX": "true"}

	cfg := parse(t, env)
	assert.Equal(t, "127.0.0.1:1", cfg.Addr)
	assert.Equal(t, "auto", cfg.LogFormat, "an empty variable counts as unset")
	assert.Equal(t, slog.LevelDebug, cfg.LogLevel, "space around a value is dropped")
	assert.True(t, cfg.Sandbox)

	cfg = parse(t, env, "--addr", "127.0.0.1:2", "--sandbox=false", "--log-level=")
	assert.Equal(t, "127.0.0.1:2", cfg.Addr, "a flag wins")
	assert.False(t, cfg.Sandbox, "a flag wins")
	assert.Equal(t, slog.LevelInfo, cfg.LogLevel, "an empty flag asks for the default")
}

func TestCommandAnywhere(t *testing.T) {
	for want, args := range map[string][]string{
		"serve":       {"serve", "--sandbox"},
		"healthcheck": {"--sandbox", "healthcheck", "--addr", "127.0.0.1:1"},
		"version":     {"-sandbox", "--addr", "127.0.0.1:1", "version"},
	} {
		cfg := parse(t, nil, args...)
		assert.Equal(t, want, cfg.Command)
		assert.True(t, cfg.Sandbox)
	}
	assert.Equal(t, "127.0.0.1:1", parse(t, nil, "healthcheck", "--addr", "127.0.0.1:1").Addr, "flags after the command count")
}

func TestDerivedPublicURL(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080":     "http://127.0.0.1:8080",
		":8080":              "http://localhost:8080",
		"0.0.0.0:8080":       "http://localhost:8080",
		"[::]:8080":          "http://localhost:8080",
		"[::ffff:0.0.0.0]:1": "http://localhost:1",
		"[::1]:8080":         "http://[::1]:8080",
		"[::1]:80":           "http://[::1]",
		"intranet:80":        "http://intranet",
		"Intranet:8080":      "http://intranet:8080",
	} {
		cfg := parse(t, nil, "--addr", addr)
		assert.Equal(t, want, cfg.PublicURL.String(), addr)
		assert.True(t, cfg.AnyHost, addr)
	}
}

func TestDatabaseAndSecretFile(t *testing.T) {
	tests := []struct {
		name           string
		env            environment
		database, file string
	}{
		{"sandbox", environment{"SANDBOX": "true"}, "memory:", ""},
		{"memory", environment{"DATABASE_URL": ":memory:"}, ":memory:", ""},
		{"a secret all the same", environment{"DATABASE_URL": "memory:", "SECRET_FILE": "k"}, "memory:", "k"},
		{"a file in the sandbox", environment{"SANDBOX": "true", "DATABASE_URL": "/data/a.db"}, "/data/a.db", "/data/a.db.secret"},
		{"a file as URL", environment{"DATABASE_URL": "sqlite:///data/a.db"}, "sqlite:///data/a.db", "/data/a.db.secret"},
		{"a named secret", environment{"DATABASE_URL": "a.db", "SECRET_FILE": "k"}, "a.db", "k"},
		{"PostgreSQL", environment{"DATABASE_URL": "postgresql://db/x", "SECRET_FILE": "k"}, "postgresql://db/x", "k"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := parse(t, tt.env)
			assert.Equal(t, tt.database, string(cfg.DatabaseURL))
			assert.Equal(t, tt.file, cfg.SecretFile)
		})
	}
}
