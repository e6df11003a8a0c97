package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite"
)

// indexKeys gives every collection an index that lookups by key can use, as soon as the collection is there. FerretDB
// v1 asks SQLite for `->'$._id'` and has its own index over `->"_id"`, which to SQLite is something else: without
// this each lookup and each update would read the whole collection.
func indexKeys(ctx context.Context, directory string) {
	for ctx.Err() == nil {
		files, _ := filepath.Glob(filepath.Join(directory, "*.sqlite"))
		for _, file := range files {
			// A database may be dropped at any time.
			if err := indexDatabase(ctx, file); err != nil && ctx.Err() == nil && !strings.Contains(err.Error(), "no such") {
				log.Printf("%s: %v", file, err)
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func indexDatabase(ctx context.Context, file string) error {
	db, err := sql.Open("sqlite", "file:"+file+"?mode=rw&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer db.Close()
	tables, err := unindexedTables(ctx, db)
	if err != nil {
		return err
	}
	for _, table := range tables {
		statement := `CREATE INDEX IF NOT EXISTS "%s__by_key" ON "%s" (_ferretdb_sjson->'$._id')`
		if _, err := db.ExecContext(ctx, fmt.Sprintf(statement, table, table)); err != nil {
			return err
		}
	}
	return nil
}

func unindexedTables(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT name FROM sqlite_master AS t WHERE type = 'table'
		AND name NOT LIKE '\_ferretdb%' ESCAPE '\' AND name NOT LIKE 'sqlite%'
		AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = t.name || '__by_key')`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, rows.Err()
}
