"""Routes, commands, main functions, schemas, settings and CI jobs, and what they name."""

import pytest

from repos.indexing import parse


def artifacts(path, text):
    found = parse(path, text).symbols.artifacts
    return [f"{a.kind} {a.name} @{a.line} -> {a.target}" for a in found]


ROUTES = [
    (
        "shop/urls.py",
        "from django.urls import include, path, re_path\nfrom . import views\n\nurlpatterns = [\n"
        "    path('', views.index),\n    path('orders/<int:pk>/', views.OrderView.as_view(), name='order'),\n"
        "    path(\n        'bills/',\n        views.bill,\n    ),\n    re_path(r'^old/$', old, name='old'),\n"
        "    path('api/', include('shop.api.urls')),\n]\n",
        [
            "/ @5 -> views.index",
            "orders/<int:pk>/ @6 -> views.OrderView",
            "bills/ @7 -> views.bill",
            "^old/$ @11 -> old",
            "api/ @12 -> shop.api.urls",
        ],
    ),
    (
        "app.py",
        "router = APIRouter(prefix='/users')\n\n@app.route('/', methods=['POST'])\ndef index():\n    pass\n\n"
        "@router.get(\n    '/{id}',\n)\n@cached\nasync def read_user(id):\n    pass\n\n@app.get('nothing')\ndef no(): pass\n",
        ["POST / @3 -> index", "GET /users/{id} @7 -> read_user"],
    ),
    (
        "server.js",
        "app.get('/a', listAll);\nrouter.post(\"/a/:id\", auth(), users.create);\nmap.get('/key', x);\n"
        "app.use(express.json());\napp.delete('/b', (req, res) => res.end());\n",
        ["GET /a @1 -> listAll", "POST /a/:id @2 -> users.create", "DELETE /b @5 -> "],
    ),
    (
        "cats.ts",
        "@Controller('cats')\nexport class Cats {\n  @Get(':id')\n  one() { return 1; }\n}\n",
        ["GET :id @3 -> one"],
    ),
    (
        "main.go",
        'package main\nfunc main() {\n\tr.GET("/ping", ping)\n\thttp.HandleFunc("/x", s.handleX)\n}\n',
        ["GET /ping @3 -> ping", "/x @4 -> s.handleX"],
    ),
    (
        "src/main.rs",
        '#[get("/hello")]\nasync fn hello() {}\nfn app() { Router::new().route("/users", get(list_users)); }\n',
        ["GET /hello @1 -> hello", "/users @3 -> list_users"],
    ),
    (
        "A.java",
        '@RestController\n@RequestMapping("/api")\nclass A {\n  @GetMapping("/x/{id}")\n  String x() { return ""; }\n'
        '  @Other\n  @PostMapping\n  String y() { return ""; }\n'
        '  @RequestMapping(value = "/z", method = RequestMethod.PUT)\n  void z() { }\n}\n',
        ["GET /api/x/{id} @4 -> x", "POST /api @7 -> y", "PUT /api/z @9 -> z"],
    ),
    (
        "B.java",
        '@Path("/orders")\npublic class B {\n  @GET\n  @Path("{id}")\n  public Order one() { return null; }\n}\n',
        ["GET /orders/{id} @3 -> one"],
    ),
    (
        "C.cs",
        '[Route("api/cats")]\npublic class C {\n  [HttpGet("{id}")]\n  public Cat One(int id) { return null; }\n}\n',
        ["GET /api/cats/{id} @3 -> One"],
    ),
    (
        "config/routes.rb",
        "Rails.application.routes.draw do\n  root 'home#index'\n  get '/about', to: 'pages#about'\n  resources :orders\nend\n",
        [
            "RESOURCES /orders @4 -> orders",
            "home#index @2 -> home#index",
            "GET /about @3 -> pages#about",
        ],
    ),
    (
        "routes/web.php",
        "<?php\nRoute::get('/users', [UserController::class, 'index']);\nRoute::post('x', 'XController@store');\n",
        ["GET /users @2 -> UserController.index", "POST x @3 -> XController@store"],
    ),
    (
        "api/openapi.yaml",
        "openapi: 3.0.1\npaths:\n  /pets/{id}:\n    get:\n      operationId: getPet\n    delete:\n      x: 1\n",
        ["GET /pets/{id} @4 -> getPet", "DELETE /pets/{id} @6 -> "],
    ),
]


@pytest.mark.parametrize(("path", "text", "expected"), ROUTES, ids=[path for path, *_ in ROUTES])
def test_routes_and_what_serves_them(path, text, expected):
    found = [one for one in artifacts(path, text) if one.startswith("route ")]
    assert found == [f"route {one}" for one in expected]


OTHERS = [
    (
        "a.py",
        "def go():\n    pass\n\nif __name__ == '__main__':\n    sys.exit(go())\n",
        ["main __main__ @4 -> go"],
    ),
    (
        "b.py",
        "def go():\n    pass\n\nif __name__ == '__main__':\n    print(go())\n",
        ["main __main__ @4 -> go"],
    ),
    ("bin/run", "#!/bin/sh\necho\n", ["main run @1 -> /bin/sh"]),
    ("m.go", "package main\n\nfunc main() {\n}\n", ["main main @3 -> main"]),
    ("m.c", "int main(int argc, char **argv) {\n  return 0;\n}\n", ["main main @1 -> main"]),
    (
        "M.java",
        "class M {\n  public static void main(String[] a) { }\n}\n",
        ["main main @2 -> main"],
    ),
    ("m.rs", "fn main() {}\n", ["main main @1 -> main"]),
    ("m.kt", "fun main() {}\n", ["main main @1 -> main"]),
    (
        "shop/management/commands/send_bills.py",
        "class Command(BaseCommand):\n    pass\n",
        ["command send_bills @1 -> Command"],
    ),
    (
        "cli.py",
        "@click.group()\ndef cli():\n    pass\n\n@cli.command('sync')\n@click.option('--x')\ndef sync_all(x):\n    pass\n\n"
        "@app.command()\ndef drop_it(): pass\n\ndef more(sub):\n    sub.add_parser('serve')\n",
        [
            "command cli @1 -> cli",
            "command sync @5 -> sync_all",
            "command drop-it @10 -> drop_it",
            "command serve @14 -> more",
        ],
    ),
    (
        "cmd/serve.go",
        'package cmd\nimport "github.com/spf13/cobra"\nvar serve = &cobra.Command{\n\tUse:   "serve [port]",\n}\n',
        ["command serve @4 -> serve"],
    ),
    (
        "cli.js",
        "import { program } from 'commander';\nprogram.command('build <x>');\n",
        ["command build @2 -> "],
    ),
    ("Rakefile", "task :clean do\nend\n", ["command clean @1 -> "]),
    (
        "a.sql",
        "CREATE TABLE IF NOT EXISTS shop.orders (\n id int\n);\ncreate view v as select 1;\n",
        ["schema shop.orders @1 -> table", "schema v @4 -> view"],
    ),
    (
        "db.js",
        "const Order = mongoose.model('Order', orderSchema);\nmodel('x', 1);\n",
        ["schema Order @1 -> model"],
    ),
    (
        "a.proto",
        "message Order {\n}\nservice Shop {}\n",
        ["schema Order @1 -> message", "schema Shop @3 -> service"],
    ),
    (
        "a.graphql",
        "type Query {\n a: Int\n}\ninput Filter { a: Int }\n",
        ["schema Query @1 -> type", "schema Filter @4 -> input"],
    ),
    ("s.prisma", "model User {\n  id Int @id\n}\n", ["schema User @1 -> model"]),
    (
        "o.schema.json",
        '{\n "$schema": "https://json-schema.org/draft/2020-12/schema",\n "title": "Order"\n}\n',
        ["schema Order @2 -> https://json-schema.org/draft/2020-12/schema"],
    ),
    (
        "shop/models.py",
        "class Order(models.Model):\n    pass\n\n\nclass Bill(Base):\n    __tablename__ = 'bills'\n\n\nclass Other(Base):\n    pass\n",
        ["schema Order @1 -> model", "schema Bill @5 -> bills"],
    ),
    ("app/models/order.rb", "class Order < ApplicationRecord\nend\n", ["schema Order @1 -> model"]),
    ("E.java", '@Entity\n@Table(name = "orders")\nclass E {\n}\n', ["schema E @1 -> orders"]),
    (
        ".env.example",
        "# What it needs\nDATABASE_URL=postgres://x\n#DEBUG=1\nexport TOKEN=\n",
        [
            "setting DATABASE_URL @2 -> postgres://x",
            "setting DEBUG @3 -> 1",
            "setting TOKEN @4 -> ",
        ],
    ),
    (
        "conf.py",
        "import os\nA = os.environ['A_KEY']\ndef f():\n    return os.getenv('B_KEY', 1)\nos.environ.get('A_KEY')\nenv('x')\n",
        ["setting A_KEY @2 -> A", "setting B_KEY @4 -> f"],
    ),
    (
        "a.js",
        "const a = process.env.PORT;\nprocess.env['HOST'];\nimport.meta.env.VITE_X\n",
        ["setting PORT @1 -> a", "setting HOST @2 -> ", "setting VITE_X @3 -> "],
    ),
    ("a.go", 'package a\nvar x = os.Getenv("HOME_DIR")\n', ["setting HOME_DIR @2 -> x"]),
    ("a.rs", 'fn f() { std::env::var("KEY"); }\n', ["setting KEY @1 -> f"]),
    ("a.rb", "x = ENV.fetch('KEY')\n", ["setting KEY @1 -> "]),
    ("shop/settings.py", "DEBUG = True\nlower = 1\n", ["setting DEBUG @1 -> True"]),
    (
        "config/app.yml",
        "server:\n  port: 80\n  tls:\n    cert: x\nname: shop\n",
        [
            "setting server @1 -> ",
            "setting server.port @2 -> 80",
            "setting server.tls @3 -> ",
            "setting name @5 -> shop",
        ],
    ),
    ("config.toml", '[db]\nurl = "x"\n', ['setting db.url @2 -> "x"']),
]


@pytest.mark.parametrize(("path", "text", "expected"), OTHERS, ids=[path for path, *_ in OTHERS])
def test_what_a_file_offers_or_needs(path, text, expected):
    assert artifacts(path, text) == expected


BUILT = [
    ("Makefile", "run: deps\n\t@python x.py\n", ["command run @1 -> python x.py"]),
    (
        "setup.py",
        "setup(entry_points={'console_scripts': ['shop = shop.cli:main']})\n",
        ["command shop @1 -> shop.cli:main"],
    ),
    (
        "Dockerfile",
        'FROM a:1 AS build\nCMD ["x"]\n',
        ["stage build @1 -> a:1", 'main CMD @2 -> ["x"]'],
    ),
    (
        "compose.yaml",
        "services:\n  db:\n    image: postgres:16\n  web:\n    build: .\n",
        ["service db @2 -> postgres:16", "service web @4 -> ."],
    ),
    (
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n",
        ["job test @3 -> actions/checkout@v4"],
    ),
    (
        ".gitlab-ci.yml",
        "stages: [a]\nvariables:\n  A: 1\nunit tests:\n  stage: a\n  script:\n    - make test\n.hidden:\n  script: x\n",
        ["job unit tests @4 -> make test"],
    ),
    (
        ".circleci/config.yml",
        "version: 2.1\njobs:\n  build:\n    steps:\n      - checkout\n      - run: make all\nworkflows:\n  main:\n",
        ["job build @3 -> make all"],
    ),
    (
        "azure-pipelines.yml",
        "stages:\n- stage: Build\n  jobs:\n  - job: Linux\n    steps:\n    - script: make\n",
        ["stage Build @2 -> ", "job Linux @4 -> make"],
    ),
    (
        "Jenkinsfile",
        "pipeline {\n stages {\n  stage('Test it') {\n   steps { sh 'make test' }\n  }\n }\n}\n",
        ["stage Test it @3 -> make test"],
    ),
    (".travis.yml", "language: python\nscript:\n  - pytest\n", ["job script @2 -> pytest"]),
    (
        ".buildkite/pipeline.yml",
        'steps:\n  - label: "Unit tests"\n    command: make unit\n',
        ["job Unit tests @2 -> make unit"],
    ),
    (
        ".drone.yml",
        "kind: pipeline\nsteps:\n- name: test\n  commands:\n  - go test\n",
        ["job test @3 -> go test"],
    ),
    ("Procfile", "web: gunicorn x\n", ["service web @1 -> gunicorn x"]),
    (
        "Cargo.toml",
        '[package]\nname = "p"\n[[bin]]\nname = "tool"\npath = "src/t.rs"\n',
        ["command tool @4 -> src/t.rs"],
    ),
    ("tox.ini", "[testenv:lint]\ncommands = ruff check\n", ["command lint @1 -> ruff check"]),
]


@pytest.mark.parametrize(("path", "text", "expected"), BUILT, ids=[path for path, *_ in BUILT])
def test_what_a_build_file_declares_and_names(path, text, expected):
    assert artifacts(path, text) == expected


def test_what_a_docstring_shows_declares_nothing():
    text = '''"""Serves.

@app.route("/no")
def no(): os.environ["NO"]
"""
TEXT = """
it ends here
"""

@app.route("/yes")
def yes():
    r"""As os.environ["NEVER"] says."""
    return os.environ["YES"]
'''
    assert {each.name for each in parse("app.py", text).symbols.artifacts} == {"/yes", "YES"}
