"""Files of scripting and other languages, and the symbols in them."""

from repos.testing.samples import Sample

SCRIPTS = [
    Sample(
        "a.rb",
        """require 'set'
require_relative '../models/order'
module Shop
  # A list.
  class PriceList < Base::Model
    include Priced
    LIMIT = 3
    attr_reader :prices
    def total_of(order)
      discounted(order.amount, LIMIT)
      order.pay!
      save
    end
    def self.open; new.run; end
  end
end
""",
        "module:Shop@3 class:Shop.PriceList@5 constant:Shop.PriceList.LIMIT@7 "
        "field:Shop.PriceList.prices@8 method:Shop.PriceList.total_of@9 "
        "method:Shop.PriceList.open@14",
        "Model:INHERIT Priced:INHERIT discounted:CALL pay!:CALL LIMIT:READ",
        (
            ("set", "", ""),
            ("../models/order", "", ""),
        ),
    ),
    Sample(
        "a.php",
        """<?php
namespace Shop\\Prices;
use Shop\\Models\\Order;
use Shop\\Models\\{Item as I, Kind};
require_once 'lib/x.php';
/** A list. */
#[Entity]
class PriceList extends Base implements Priced {
  use Loggable;
  const LIMIT = 3;
  private Order $order;
  public function totalOf(Order $order): int { return discounted($order->amount(), self::LIMIT) + Shop::open(new Item(1)); }
}
interface Priced {} trait Loggable {} enum Size { case A; }
function discounted($a) { return $a; }
""",
        "class:PriceList@7 constant:PriceList.LIMIT@10 field:PriceList.order@11 "
        "method:PriceList.totalOf@12 interface:Priced@14 trait:Loggable@14 enum:Size@14 "
        "field:Size.A@14 function:discounted@15",
        "Base:INHERIT Priced:INHERIT Loggable:INHERIT Entity:DECORATE Kind:IMPORT discounted:CALL open:CALL LIMIT:READ",
        (
            ("Shop\\Models", "Order", ""),
            ("Shop\\Models", "Item", "I"),
            ("Shop\\Models", "Kind", ""),
            ("lib/x.php", "", ""),
        ),
    ),
    Sample(
        "a.swift",
        """import Foundation
/// A list.
class PriceList: Base, Priced {
  let prices: [String: Int] = [:]
  init(x: Order) { self.x = x }
  func totalOf(order: Order) -> Int { return discounted(order.amount(), LIMIT) }
}
struct Shop { }
enum Size { case a }
protocol Priced { func x() }
extension Shop: Priced { func open() {} }
let LIMIT = 3
typealias Id = String
func discounted(_ a: Int) -> Int { return Shop().run(a) }
""",
        "class:PriceList@3 field:PriceList.prices@4 method:PriceList.init@5 "
        "method:PriceList.totalOf@6 struct:Shop@8 enum:Size@9 field:Size.a@9 interface:Priced@10 "
        "method:Priced.x@10 method:Shop.open@11 constant:LIMIT@12 type:Id@13 function:discounted@14",
        "Base:INHERIT Priced:INHERIT Order:TYPE discounted:CALL run:CALL LIMIT:READ Foundation:IMPORT",
        (("Foundation", "", ""),),
    ),
    Sample(
        "a.scala",
        """package shop.prices
import shop.models.{Order, Item => I}
import shop.util._
import a.b.C
/** A list. */
@entity
case class PriceList[T](prices: Map[String, T]) extends Base[T] with Priced {
  val limit = 3
  def totalOf(order: Order): Int = discounted(order.amount(), limit)
}
trait Priced { def x(): Int }
object Shop { type Id = String; def open() = new PriceList(1) }
enum Size { case A }
def discounted(a: Int) = a
""",
        "class:PriceList@6 field:PriceList.prices@7 field:PriceList.limit@8 "
        "method:PriceList.totalOf@9 trait:Priced@11 method:Priced.x@11 class:Shop@12 "
        "type:Shop.Id@12 method:Shop.open@12 enum:Size@13 field:Size.A@13 function:discounted@14",
        "Base:INHERIT entity:DECORATE Map:TYPE Item:IMPORT discounted:CALL PriceList:CALL amount:CALL",
        (
            ("shop.models", "Order", ""),
            ("shop.models", "Item", "I"),
            ("shop.util", "*", ""),
            ("a.b.C", "C", ""),
        ),
    ),
    Sample(
        "a.sh",
        """# Says it.
say() { echo "$1"; LIMIT=3; run_all $LIMIT; }
function other { say hi; }
source ./lib.sh
. lib/more.sh
export NAME=x
""",
        "function:say@2 function:other@3 constant:NAME@6",
        "say:CALL run_all:CALL LIMIT:READ",
        (
            ("./lib.sh", "", ""),
            ("lib/more.sh", "", ""),
        ),
    ),
    Sample(
        "a.sql",
        """-- Orders.
CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int REFERENCES customers(id));
CREATE VIEW big AS SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id;
CREATE FUNCTION total(x int) RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;
INSERT INTO orders (id) VALUES (now());
SELECT total(3) FROM big;
ALTER TABLE orders ADD COLUMN x int;
""",
        "table:orders@2 field:orders.id@2 field:orders.customer_id@2 view:big@3 function:total@4 "
        "field:x@7",
        "orders:READ now:CALL total:CALL",
    ),
    Sample(
        "a.lua",
        """local function pay(cart)
  return charge(cart, x)
end
function Shop.open() pay(1) end
""",
        "function:pay@1 function:open@4",
        "charge:CALL pay:CALL",
    ),
    Sample(
        "a.md",
        """# Title

text

## Part two

more
""",
        "section:Title@1 section:Part_two@5",
        "",
    ),
]
