"""A worker process that ends by a signal at every request, as a faulty grammar does."""

import os

from deepwiki.foundation.worker_process import serve

if __name__ == "__main__":
    serve({"parsed": lambda **arguments: os.abort()}, cpu_seconds=5)
