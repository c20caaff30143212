package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/config"
)

func TestMistakes(t *testing.T) {
	tests := []struct {
		name string
		env  environment
		args []string
		want []string // each mistake in order: its beginning
	}{
		{"address", environment{"ADDR": "8080"}, nil, []string{"ADDR: "}},
		{"address without port", environment{"ADDR": "127.0.0.1:"}, nil, []string{"ADDR: "}},
		{"port too large", nil, []string{"--addr=:65536"}, []string{"--addr: "}},
		{"port by name", nil, []string{"--addr=:http"}, []string{"--addr: "}},
		{"a URL as address", nil, []string{"--addr=http://127.0.0.1:80"}, []string{"--addr: "}},
		{"public URL", environment{"PUBLIC_URL": "tools.example.com"}, nil, []string{"PUBLIC_URL: "}},
		{"API URL", environment{"API_URL": "https://go.tallyfy.com/api?x=1"}, nil, []string{"API_URL: "}},
		{"proxies", environment{"TRUSTED_PROXIES": "10.0.0.0/8,proxy"}, nil, []string{`TRUSTED_PROXIES: "proxy"`}},
		{"level with offset", environment{"LOG_LEVEL": "info+2"}, nil, []string{"LOG_LEVEL: "}},
		{"format", environment{"LOG_FORMAT": "xml"}, nil, []string{"LOG_FORMAT: "}},
		{"switch", nil, []string{"--sandbox=perhaps"}, []string{"--sandbox: "}},
		{"switch with settings", nil, []string{"--sandbox=perhaps", "--sandbox-groups=50"}, []string{"--sandbox: "}},
		{"negative size", environment{"SANDBOX": "true", "SANDBOX_GROUPS": "-1"}, nil, []string{"SANDBOX_GROUPS: "}},
		{"huge size", environment{"SANDBOX": "true", "SANDBOX_MEMBERS": "100001"}, nil, []string{"SANDBOX_MEMBERS: "}},
		{"latency without unit", nil, []string{"--sandbox", "--sandbox-latency", "150"}, []string{"--sandbox-latency: "}},
		{"latency too long", nil, []string{"--sandbox", "--sandbox-latency", "61s"}, []string{"--sandbox-latency: "}},
		{"latency below zero", nil, []string{"--sandbox", "--sandbox-latency=-1s"}, []string{"--sandbox-latency: "}},
		{"unknown scheme", environment{"DATABASE_URL": "mysql://db/x"}, nil, []string{"DATABASE_URL: "}},
		{"SQLite's own URL", environment{"DATABASE_URL": "file:a.db"}, nil, []string{"DATABASE_URL: "}},
		{"libpq string", environment{"DATABASE_URL": "host=db password=x"}, nil, []string{"DATABASE_URL: "}},
		{"folder", environment{"DATABASE_URL": "/data/"}, nil, []string{"DATABASE_URL: "}},
		{"no file", environment{"DATABASE_URL": "sqlite://"}, nil, []string{"DATABASE_URL: "}},
		{"PostgreSQL without secret", environment{"DATABASE_URL": "postgres://db/x"}, nil, []string{"SECRET_FILE (--secret-file): "}},
		{
			"sandbox settings without sandbox",
			environment{"SANDBOX_GROUPS": "50", "SANDBOX": "false", "SANDBOX_LATENCY": "1ms"},
			[]string{"--sandbox-members=70", "--sandbox-listen=:1"},
			[]string{"SANDBOX_GROUPS: ", "--sandbox-members: ", "SANDBOX_LATENCY: ", "--sandbox-listen: "},
		},
		{"organisations", environment{"ORGANISATIONS": "a,b c"}, nil, []string{`ORGANISATIONS: "b c"`}},
		{"no organisation", environment{"ORGANISATIONS": ","}, nil, []string{"ORGANISATIONS: "}},
		{"client id", environment{"OAUTH_CLIENT_ID": "a b"}, nil, []string{"OAUTH_CLIENT_ID: "}},
		{"authorisation without client", environment{"OAUTH_AUTHORIZE_URL": "https://a.example/x"}, nil, []string{"OAUTH_AUTHORIZE_URL: "}},
		{
			"authorisation with the sandbox",
			environment{"OAUTH_CLIENT_ID": "c", "OAUTH_AUTHORIZE_URL": "https://a.example/x"},
			[]string{"--sandbox"},
			[]string{"OAUTH_AUTHORIZE_URL: "},
		},
		{"pace", nil, []string{"--pace=fast"}, []string{"--pace: "}},
		{"no reads", nil, []string{"--pace=0/5s"}, []string{"--pace: "}},
		{"no days", nil, []string{"--journal-days=0"}, []string{"--journal-days: "}},
		{"more than ten years", nil, []string{"--journal-days=3651"}, []string{"--journal-days: "}},
		{"part of a day", nil, []string{"--journal-days=1.5"}, []string{"--journal-days: "}},
		{"delay too long", nil, []string{"--shutdown-delay=2m"}, []string{"--shutdown-delay: "}},
		{"address of metrics", nil, []string{"--metrics-addr=9090"}, []string{"--metrics-addr: "}},
		{"unknown flag", nil, []string{"--verbose"}, []string{"--verbose: "}},
		{"unknown flag with a value", nil, []string{"--verbose", "1", "serve", "--also"}, []string{"--verbose: ", "--also: "}},
		{"unknown flag before no flag", nil, []string{"--verbose", "---x"}, []string{"--verbose: ", "an argument"}},
		{"flag without value", nil, []string{"--sandbox", "--addr"}, []string{"--addr: its value is missing"}},
		{"no flag at all", nil, []string{"--sandbox", "---x", "--=", "-=y"}, []string{"an argument", "an argument", "an argument"}},
		{"unknown command", nil, []string{"migrate"}, []string{"migrate: "}},
		{"two commands", nil, []string{"serve", "version"}, []string{"version: "}},
		{"a stray dash", nil, []string{"-"}, []string{"an argument"}},
		{
			"everything at once",
			environment{"ADDR": "x", "PUBLIC_URL": "x", "DATABASE_URL": "postgres://db/x"},
			[]string{"--nope", "--log-level=loud", "--sandbox-groups=x"},
			[]string{"--nope: ", "ADDR: ", "PUBLIC_URL: ", "--log-level: ", "--sandbox-groups: ", "SECRET_FILE ", "--sandbox-groups: "},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := config.Parse(tt.args, tt.env.lookup)
			require.Error(t, err)
			assert.Zero(t, cfg)
			var joined interface{ Unwrap() []error }
			require.ErrorAs(t, err, &joined)
			mistakes := joined.Unwrap()
			require.Len(t, mistakes, len(tt.want), "%v", err)
			for i, mistake := range mistakes {
				assert.True(t, strings.HasPrefix(mistake.Error(), tt.want[i]), "%q does not begin with %q", mistake, tt.want[i])
				if !strings.Contains(mistake.Error(), "value is missing") {
					assert.Contains(t, mistake.Error(), "accepted: ")
				}
				assert.NotContains(t, mistake.Error(), "\n", "one line each")
			}
		})
	}
}

func TestBaseURLs(t *testing.T) {
	for raw, want := range map[string]string{
		"https://tools.example.com":        "https://tools.example.com",
		"https://tools.example.com/":       "https://tools.example.com",
		"HTTPS://TOOLS.example.com/Tally/": "https://tools.example.com/Tally",
		"http://intranet:8080/a/b":         "http://intranet:8080/a/b",
		"http://intranet:80":               "http://intranet",
		"https://intranet:80":              "https://intranet:80",
		"http://[::1]:8080":                "http://[::1]:8080",
		"https://[2001:DB8::1]/x":          "https://[2001:db8::1]/x",
		"https://xn--bcher-kva.example":    "https://xn--bcher-kva.example",
	} {
		assert.Equal(t, want, parse(t, nil, "--public-url", raw).PublicURL.String(), raw)
		assert.Equal(t, want, parse(t, nil, "--api-url", raw).APIURL, raw)
	}
	for _, raw := range []string{
		"//tools.example.com", "/tally", "ftp://tools.example.com", "http:tools.example.com", "https://", "https:///x",
		"https://:8080", "https://user@tools.example.com", "https://user:secret@tools.example.com", "https://h?x=1",
		"https://h?", "https://h#", "https://h#x", "https://h/a//b", "https://h//", "https://h/a/../b", "https://h/.",
		"https://h/a%2Fb", "https://h/a b", "https://h/a;b", "https://h/a\\b", "https://h/ä", "https://bücher.example",
		"https://h:", "https://h:0x50", "https://h:65536", "https://h:080", "https://[::1", "https://[abc]", "https://[192.0.2.1]", "https://[fe80::1%25eth0]", "https://a,b",
		"https://h\x00", "javascript:alert(1)",
	} {
		_, err := config.Parse([]string{"--public-url", raw}, environment{}.lookup)
		require.ErrorContains(t, err, "--public-url: ", raw)
		assert.NotContains(t, err.Error(), "user:secret")
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"serve", "-help"}, {"--nope", "--help"}, {"--addr=x", "--help"}} {
		_, err := config.Parse(args, environment{"LOG_LEVEL": "loud"}.lookup)
		assert.True(t, errors.Is(err, config.ErrHelp), "%v", args)
	}
}
