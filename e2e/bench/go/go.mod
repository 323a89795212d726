module rollcall.dev/e2e/bench

go 1.26
