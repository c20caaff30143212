package program

import (
	"net/http"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
)

// Metrics are what a program says of itself, by name.
type Metrics map[string]*dto.MetricFamily

// ReadMetrics reads the metrics as Prometheus does.
func ReadMetrics(t *testing.T, address string) Metrics {
	t.Helper()
	answer, err := quick.Get("http://" + address + "/metrics")
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, expfmt.TypeTextPlain, expfmt.ResponseFormat(answer.Header).FormatType())
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(answer.Body)
	require.NoError(t, err)
	return families
}

// Gauge is the value of a gauge without labels.
func (m Metrics) Gauge(t *testing.T, name string) float64 {
	t.Helper()
	require.Contains(t, m, name)
	require.Len(t, m[name].GetMetric(), 1)
	return m[name].GetMetric()[0].GetGauge().GetValue()
}
