package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/handlers/config"
)

const password = "hunter2"

func TestSecretIsNeverShown(t *testing.T) {
	secret := config.Secret("postgres://u:" + password + "@db/x")
	cfg := config.Config{DatabaseURL: secret}

	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%20s"} {
		shown = append(shown, fmt.Sprintf(verb, secret), fmt.Sprintf(verb, cfg), fmt.Sprintf(verb, &cfg), fmt.Sprintf(verb, []any{secret}))
	}
	encoded, err := json.Marshal(cfg)
	require.NoError(t, err)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "secret", secret, "config", cfg)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "secret", secret, "config", cfg)
	shown = append(shown, secret.String(), string(encoded), log.String())

	for _, text := range shown {
		assert.NotContains(t, text, password)
		assert.NotContains(t, text, fmt.Sprintf("%x", password))
		assert.NotContains(t, text, fmt.Sprintf("%X", password))
	}
	assert.Equal(t, "[redacted]", secret.String())
	assert.Contains(t, log.String(), "[redacted]")
	assert.Empty(t, config.Secret("").String())
}

func TestMistakesHoldNoSecret(t *testing.T) {
	const database = "postgres://u:" + password + "@db:port/x%zz"
	for name, args := range map[string][]string{
		"a URL that cannot be read": {"--database-url", database},
		"a misspelt flag":           {"--databse-url=" + database},
		"a misspelt flag, spaced":   {"--databse-url", database},
		"no flag at all":            {"---database-url=" + database},
		"a lone argument":           {database},
		"a lone password":           {"Pa55-" + password},
		"a public URL with a user":  {"--public-url", "https://u:" + password + "@tools.example.com"},
		"a broken public URL":       {"--public-url", "https://u:" + password + "@tools:port"},
		"libpq":                     {"--database-url", "host=db password=" + password},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Parse(args, environment{"DATABASE_URL": database}.lookup)
			require.Error(t, err)
			assert.NotContains(t, err.Error(), password)
		})
	}
}

func TestAWordThatIsNoCommandIsOnlyRepeatedWhole(t *testing.T) {
	_, err := config.Parse([]string{"opensesame=="}, environment{}.lookup)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "opensesame")
}
