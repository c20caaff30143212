package handlers

// A RouteRow is a row of the table of routes, for tests that walk it.
type RouteRow struct {
	Method, Path string
	SignedIn     bool
}

// RouteTable is every row of the table.
func (a *App) RouteTable() []RouteRow {
	var rows []RouteRow
	for _, r := range a.routes() {
		rows = append(rows, RouteRow{r.method, r.path, r.access == signedIn})
	}
	return rows
}
